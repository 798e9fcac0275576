import type { Logger } from '../../../telemetry/log.js';
import { applyUserChanges } from '../acl.js';
import type { ManagedNode } from '../node.js';
import type { NodeUser, RefusedUser } from '../interfaces.js';
import { createSerial, type Serial } from '../../../runtime/serial.js';

/** The users of a group's nodes, and what has been applied to each node. */
export interface NodeUsers {
  /** Replaces the users; `applyUsers` applies them. */
  replace(users: readonly NodeUser[]): void;
  /** Applies all users to a newly started node. */
  applyUsers(this: void, node: ManagedNode): Promise<void>;
  /** Applies outstanding changes to each running node. A node that does not answer is logged and tried again. */
  applyUsersToAll(nodes: readonly ManagedNode[]): Promise<void>;
  /** To be called when a node was removed from the group. */
  forget(node: ManagedNode): void;
  refused(this: void): readonly RefusedUser[];
}

interface AppliedUsers {
  /** The last applied users, including refused ones. */
  users: readonly NodeUser[];
  /** The users as the node has them: refused ones without rules. */
  effective: readonly NodeUser[];
  refused: readonly RefusedUser[];
  readonly serially: Serial;
}

export function createNodeUsers(users: readonly NodeUser[], log: Logger): NodeUsers {
  let current = users;
  /** Nodes that have their role and therefore accept clients. */
  const applied = new Map<ManagedNode, AppliedUsers>();

  async function update(node: ManagedNode, state: AppliedUsers): Promise<void> {
    if (state.users === current) return;
    const target = current;
    const refused = await applyUserChanges(node, state.effective, target);
    const names = new Set(refused.map(({ name }) => name));
    state.effective = target.map((user) => (names.has(user.name) ? { name: user.name, rules: [] } : user));
    state.refused = refused;
    state.users = target;
    for (const { name, message } of refused)
      log.warn({ node: node.id, user: name, reason: message }, 'A user was refused');
  }

  return {
    replace: (users) => (current = users),
    applyUsers(node) {
      // A new process has no users, whatever its predecessor had.
      const state: AppliedUsers = { users: [], effective: [], refused: [], serially: createSerial() };
      applied.set(node, state);
      return state.serially(() => update(node, state));
    },
    async applyUsersToAll(nodes) {
      const running = nodes.flatMap((node) => {
        const state = applied.get(node);
        return state && node.isRunning() ? [{ node, state }] : [];
      });
      const updateOne = async ({ node, state }: (typeof running)[number]): Promise<void> => {
        try {
          await state.serially(() => update(node, state));
        } catch (cause) {
          log.warn({ node: node.id, err: cause }, 'The users could not be applied to a node: retrying');
        }
      };
      await Promise.all(running.map(updateOne));
    },
    forget: (node) => void applied.delete(node),
    refused: () => {
      const byName = new Map([...applied.values()].flatMap(({ refused }) => refused.map((user) => [user.name, user])));
      return [...byName.values()];
    },
  };
}
