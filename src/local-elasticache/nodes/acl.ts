import { isDeepStrictEqual } from 'node:util';
import type { ManagedNode } from './node.js';
import type { NodeUser, RefusedUser } from './interfaces.js';
import { blockedCommandRules } from './blocked-commands.js';

/** Computes the users to set and to remove on a node whose users are `before`. */
export function userChanges(
  before: readonly NodeUser[],
  after: readonly NodeUser[],
): { readonly set: readonly NodeUser[]; readonly remove: readonly string[] } {
  const current = new Map(before.map((user) => [user.name, user]));
  const names = new Set(after.map(({ name }) => name));
  return {
    set: after.filter((user) => !isDeepStrictEqual(current.get(user.name), user)),
    remove: before.map(({ name }) => name).filter((name) => !names.has(name)),
  };
}

/**
 * Applies users to a node. If the node refuses a user's rules, the user is switched off, so that previous permissions
 * do not survive the change, and is returned; the others are applied anyway. Connections of removed users are closed; a
 * changed password closes none.
 */
export async function applyUserChanges(
  node: ManagedNode,
  before: readonly NodeUser[],
  after: readonly NodeUser[],
): Promise<RefusedUser[]> {
  const { set, remove } = userChanges(before, after);
  const refused: RefusedUser[] = [];
  for (const { name, rules } of set) {
    try {
      // One command, so that no client sees the user between `reset` and its rules.
      await node.command('ACL', 'SETUSER', name, 'reset', ...rules, ...blockedCommandRules);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (!message.includes('ACL SETUSER')) throw cause;
      await node.command('ACL', 'SETUSER', name, 'reset');
      refused.push({ name, message: withoutSecrets(message) });
    }
  }
  for (const name of remove) await removeUser(node, name);
  return refused;
}

async function removeUser(node: ManagedNode, name: string): Promise<void> {
  if (name !== 'default') {
    await node.command('ACL', 'DELUSER', name);
    return;
  }
  // Valkey always has a default user. Switched off and without clients, it is equivalent to none.
  await node.command('ACL', 'SETUSER', name, 'reset');
  await node.command('CLIENT', 'KILL', 'USER', name);
}

/** Valkey quotes the refused rule, which may be a password or its hash. */
function withoutSecrets(message: string): string {
  return message.replace(/'[<>#!][^']*'/, "'a password'");
}
