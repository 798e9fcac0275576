import { isDeepStrictEqual } from 'node:util';
import type { ManagedNode } from './node.js';
import type { NodeUser, RefusedUser } from './interfaces.js';
import { blockedCommandRules } from './blocked-commands.js';

/** Which users to tell a node that knows `before`. */
export function userChanges(
  before: readonly NodeUser[],
  after: readonly NodeUser[],
): { readonly set: readonly NodeUser[]; readonly remove: readonly string[] } {
  const known = new Map(before.map((user) => [user.name, user]));
  const wanted = new Set(after.map(({ name }) => name));
  return {
    set: after.filter((user) => !isDeepStrictEqual(known.get(user.name), user)),
    remove: before.map(({ name }) => name).filter((name) => !wanted.has(name)),
  };
}

/**
 * Tells a node its users. One whose rules the node refuses is switched off, so that rights it had do not outlive the change,
 * and is answered; the others are told all the same. Removed users' connections are cut, a changed password cuts none.
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
      // One command: no client ever sees the user between `reset` and its rules.
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
  // Valkey always has a default user; one that is off and whose clients are gone is as good as none.
  await node.command('ACL', 'SETUSER', name, 'reset');
  await node.command('CLIENT', 'KILL', 'USER', name);
}

/** Valkey quotes the rule that it refused, which may be a password or its hash. */
function withoutSecrets(message: string): string {
  return message.replace(/'[<>#!][^']*'/, "'a password'");
}
