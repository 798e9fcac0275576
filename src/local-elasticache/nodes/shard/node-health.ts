import type { NodeEvent, NodeState } from '../interfaces.js';
import type { ManagedNode } from '../node.js';
import { roleOf, type Replication } from '../replication/replication.js';
import type { Role } from '../role.js';
import type { Failover } from './failover.js';
import type { Reboots } from './reboots.js';

interface NodeHealthOptions {
  /** The nodes of the shard. This list grows and shrinks. */
  readonly nodes: readonly ManagedNode[];
  readonly failover: Pick<Failover, 'primary' | 'recordRole'>;
  readonly replication: Pick<Replication, 'serves'>;
  readonly reboots: Pick<Reboots, 'completed'>;
  /** Called when a node has answered a check. */
  onAnswer(this: void, node: ManagedNode): void;
  emit(this: void, event: NodeEvent): void;
}

/** Tracks which nodes of a shard serve, and reports those that serve again. */
export interface NodeHealth {
  /**
   * Checks that the node has its role, is in sync and serves. Reads the role unless it is given. Rejects if the node does
   * not answer.
   */
  isAvailable(this: void, node: ManagedNode, role?: Role): Promise<boolean>;
  /** Checks all running nodes. */
  allAvailable(this: void): Promise<boolean>;
  /** To be called when a node's process is about to start, or has ended. */
  reset(node: ManagedNode): void;
  /** To be called when a node's process has started again. An event follows when it serves. */
  restarted(node: ManagedNode): void;
  states(this: void): NodeState[];
}

export function createNodeHealth(options: NodeHealthOptions): NodeHealth {
  const { nodes, failover, replication, reboots, onAnswer, emit } = options;
  const available = new Set<ManagedNode>();
  /** Restarted nodes that are not in sync yet. */
  const returning = new Set<ManagedNode>();

  async function isAvailable(node: ManagedNode, role?: Role): Promise<boolean> {
    const usable = failover.recordRole(node, role ?? (await roleOf(node))) && (await replication.serves(node));
    onAnswer(node);
    if (usable) available.add(node);
    else available.delete(node);
    if (usable && returning.delete(node)) {
      const type = reboots.completed(node) ? 'node-rebooted' : 'node-restarted';
      emit({ type, nodeId: node.id, message: `Node ${node.id} is running again.` });
    }
    return usable;
  }

  const healthOf = (node: ManagedNode): NodeState['health'] => {
    if (!node.isRunning()) return 'down';
    return available.has(node) ? 'available' : 'starting';
  };

  return {
    isAvailable,
    async allAvailable() {
      const running = nodes.filter((node) => node.isRunning());
      return (await Promise.all(running.map((node) => isAvailable(node)))).every(Boolean);
    },
    reset(node) {
      available.delete(node);
      returning.delete(node);
    },
    restarted: (node) => void returning.add(node),
    states: () =>
      nodes.map((node) => ({
        id: node.id,
        host: node.host,
        port: node.port,
        role: node === failover.primary() ? 'primary' : 'replica',
        health: healthOf(node),
      })),
  };
}
