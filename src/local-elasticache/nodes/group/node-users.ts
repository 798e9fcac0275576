import type { Logger } from '../../../telemetry/log.js';
import { applyUserChanges } from '../acl.js';
import type { ManagedNode } from '../node.js';
import type { NodeUser, RefusedUser } from '../interfaces.js';
import { createSerial, type Serial } from '../../../runtime/serial.js';

/** The users that the nodes of a group should know, and what each of them was told. */
export interface NodeUsers {
  /** From now on these are the users; `applyUsers` sends them to the nodes. */
  replace(users: readonly NodeUser[]): void;
  /** Tells a node that has just started all users. */
  applyUsers(this: void, node: ManagedNode): Promise<void>;
  /** Tells each running node what it does not know yet; one that does not answer is only logged. */
  applyUsersToAll(nodes: readonly ManagedNode[]): Promise<void>;
  refused(this: void): readonly RefusedUser[];
}

interface AppliedUsers {
  /** What it was told last, refused users among them. */
  users: readonly NodeUser[];
  /** What it took of that: no rules of a refused one. */
  known: readonly NodeUser[];
  refused: readonly RefusedUser[];
  readonly serial: Serial;
}

export function createNodeUsers(users: readonly NodeUser[], log: Logger): NodeUsers {
  let wanted = users;
  /** Nodes that have their role, so that clients may be let in. */
  const told = new Map<ManagedNode, AppliedUsers>();

  async function update(node: ManagedNode, state: AppliedUsers): Promise<void> {
    if (state.users === wanted) return;
    const target = wanted;
    const refused = await applyUserChanges(node, state.known, target);
    const names = new Set(refused.map(({ name }) => name));
    state.known = target.map((user) => (names.has(user.name) ? { name: user.name, rules: [] } : user));
    state.refused = refused;
    state.users = target;
    for (const { name, message } of refused)
      log.warn({ node: node.id, user: name, reason: message }, 'A user was refused');
  }

  return {
    replace: (users) => (wanted = users),
    applyUsers(node) {
      // A fresh process knows nobody: what the last one was told is forgotten.
      const state: AppliedUsers = { users: [], known: [], refused: [], serial: createSerial() };
      told.set(node, state);
      return state.serial(() => update(node, state));
    },
    async applyUsersToAll(nodes) {
      const known = nodes.flatMap((node) => {
        const state = told.get(node);
        return state && node.isRunning() ? [{ node, state }] : [];
      });
      const tellOne = async ({ node, state }: (typeof known)[number]): Promise<void> => {
        try {
          await state.serial(() => update(node, state));
        } catch (cause) {
          log.warn({ node: node.id, err: cause }, 'A node could not be told its users: it is told again');
        }
      };
      await Promise.all(known.map(tellOne));
    },
    refused: () => {
      const byName = new Map([...told.values()].flatMap(({ refused }) => refused.map((user) => [user.name, user])));
      return [...byName.values()];
    },
  };
}
