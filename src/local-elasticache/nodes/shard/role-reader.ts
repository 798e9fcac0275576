import type { Logger } from '../../../telemetry/log.js';
import type { ManagedNode } from '../node.js';
import { roleOf } from '../replication/replication.js';
import type { Role } from '../role.js';
import { createBusyDetector } from './busy-detector.js';
import { createObservations, type Observation } from './inspection-pace.js';
import { createUnresponsiveNodes, isUnanswered } from './unresponsive-nodes.js';

interface RoleReaderOptions {
  readonly nodes: readonly ManagedNode[];
  /** Whether the node's process has answered since it started. */
  isListening(this: void, node: ManagedNode): boolean;
  /** Whether the node is known to be busy, although it may use no CPU: it waits for another one that loads a large key. */
  isOccupied(this: void, node: ManagedNode): boolean;
  readonly log: Logger;
}

/** Reads the roles of a shard's nodes, and kills frozen nodes, so that they are restarted. */
export interface RoleReader {
  /** Reads the roles of all nodes that answer. */
  readAll(): Promise<Map<ManagedNode, Role>>;
  /** To be called when a node has answered another request, or has ended. */
  answered(node: ManagedNode): void;
  /** Compares the roles with those of the previous inspection. */
  compare(roles: ReadonlyMap<ManagedNode, Role>): Observation;
}

export function createRoleReader({ nodes, isListening, isOccupied, log }: RoleReaderOptions): RoleReader {
  const unresponsive = createUnresponsiveNodes<ManagedNode>();
  const isBusy = createBusyDetector();
  const observations = createObservations();

  async function readRole(node: ManagedNode): Promise<Role | undefined> {
    if (!node.isRunning() || !isListening(node)) return undefined;
    try {
      return await roleOf(node);
    } catch (cause) {
      if (!isUnanswered(cause) || !node.isRunning()) return undefined;
      observations.missed();
      if (!unresponsive.missed(node, isOccupied(node) || (await isBusy(node)))) return undefined;
      log.warn({ node: node.id }, 'A node does not answer: killing and restarting it');
      node.kill();
      return undefined;
    }
  }

  return {
    async readAll() {
      const read = await Promise.all(nodes.map(async (node) => [node, await readRole(node)] as const));
      return new Map(read.flatMap(([node, role]) => (role ? [[node, role] as const] : [])));
    },
    answered: (node) => unresponsive.answered(node),
    compare: (roles) => observations.compare(roles),
  };
}
