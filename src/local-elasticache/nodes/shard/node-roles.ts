import type { ManagedNode } from '../node.js';
import type { Role } from '../role.js';
import type { Failover } from './failover.js';
import type { NodeHealth } from './node-health.js';

interface NodeRolesOptions {
  readonly failover: Pick<Failover, 'primary' | 'replaceDeadPrimary' | 'follow'>;
  readonly isAvailable: NodeHealth['isAvailable'];
  /** Applies the users to a node that has its role. */
  applyUsers(this: void, node: ManagedNode): Promise<void>;
  onFailure(this: void, message: string, cause: unknown): void;
}

/** Gives the nodes of a shard their roles and users, and corrects roles. Methods must be called one at a time for each node. */
export interface NodeRoles {
  /** Assigns its role and the users to a node whose process has started. */
  join(node: ManagedNode): Promise<void>;
  /** Corrects a node that has this role, if it should have another one, and checks that it is available. Never rejects. */
  repair(node: ManagedNode, role: Role): Promise<void>;
  /** To be called when a node's process has ended. */
  lost(node: ManagedNode): void;
}

export function createNodeRoles({ failover, isAvailable, applyUsers, onFailure }: NodeRolesOptions): NodeRoles {
  const joined = new Set<ManagedNode>();

  async function join(node: ManagedNode): Promise<void> {
    if (!node.isRunning()) return;
    // The role comes before the users: no client may write to a former primary meanwhile.
    if (node !== failover.primary()) await failover.replaceDeadPrimary();
    if (node !== failover.primary()) await failover.follow(node);
    await applyUsers(node);
    joined.add(node);
    await isAvailable(node);
  }

  return {
    join,
    async repair(node, role) {
      const primary = failover.primary();
      const hasWrongRole = node !== primary && (role.role === 'primary' || role.of !== primary.port);
      try {
        const isSettled = joined.has(node) && !hasWrongRole;
        if (!joined.has(node)) await join(node);
        else if (hasWrongRole) await failover.follow(node);
        await isAvailable(node, isSettled ? role : undefined);
      } catch (cause) {
        // If the node has ended, its exit is handled elsewhere.
        if (node.isRunning()) onFailure(`Node ${node.id} could not be repaired`, cause);
      }
    },
    lost: (node) => void joined.delete(node),
  };
}
