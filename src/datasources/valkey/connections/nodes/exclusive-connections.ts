import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import { endpointKey } from './endpoint-key.js';
import type { NodeConnection } from './node-connection.js';

/**
 * Connections that one task at a time uses, for commands whose effect belongs to the connection (WATCH, MULTI). They are opened on demand and
 * closed when they are idle.
 */
export interface ExclusiveConnections {
  /**
   * Runs `work` on a connection to the node. If `work` rejects, the connection is closed, because its state is unknown.
   * @throws Outage CLUSTER_UNAVAILABLE if no connection becomes free in time
   */
  use<Result>(this: void, endpoint: Endpoint, work: (connection: NodeConnection) => Promise<Result>): Promise<Result>;
  /** Closes all connections, those in use too. */
  close(): void;
}

interface ExclusiveLimits {
  readonly maxPerNode: number;
  readonly idleMs: number;
  /** The longest wait for a connection that another task uses. */
  readonly waitMs: number;
}

interface Idle {
  readonly connection: NodeConnection;
  readonly since: number;
}

/** The connections to one node. */
interface NodeConnections {
  /** The one that was used last is at the end, and is used first. */
  idle: Idle[];
  /** Number of connections that are idle, in use or being opened. */
  open: number;
  readonly waiting: (() => void)[];
}

export function createExclusiveConnections(
  openConnection: (endpoint: Endpoint) => Promise<NodeConnection>,
  { maxPerNode, idleMs, waitMs }: ExclusiveLimits,
): ExclusiveConnections {
  const nodes = new Map<string, NodeConnections>();
  const all = new Set<NodeConnection>();
  let sweep: NodeJS.Timeout | undefined;
  let isClosed = false;

  const discard = (node: NodeConnections, connection: NodeConnection): void => {
    connection.close();
    all.delete(connection);
    node.open -= 1;
  };
  const closeIdle = (): void => {
    sweep = undefined;
    const before = performance.now() - idleMs;
    for (const [key, node] of nodes) {
      const kept = node.idle.filter(({ connection, since }) => connection.isReady && since > before);
      for (const each of node.idle) if (!kept.includes(each)) discard(node, each.connection);
      node.idle = kept;
      if (node.open === 0 && node.waiting.length === 0) nodes.delete(key);
      else planSweep();
    }
  };
  const planSweep = (): void => {
    sweep ??= setTimeout(closeIdle, idleMs).unref();
  };
  const open = async (endpoint: Endpoint, node: NodeConnections): Promise<NodeConnection> => {
    node.open += 1;
    try {
      const connection = await openConnection(endpoint);
      all.add(connection);
      if (!isClosed) return connection;
      discard(node, connection);
      throw closed();
    } catch (cause) {
      if (!isClosed) node.open -= 1;
      node.waiting.shift()?.();
      throw cause;
    }
  };
  const acquire = async (endpoint: Endpoint, node: NodeConnections): Promise<NodeConnection> => {
    const deadline = performance.now() + waitMs;
    for (;;) {
      if (isClosed) throw closed();
      for (let last = node.idle.pop(); last; last = node.idle.pop()) {
        if (last.connection.isReady) return last.connection;
        discard(node, last.connection);
      }
      if (node.open < maxPerNode) return await open(endpoint, node);
      await turn(node, deadline);
    }
  };

  return {
    async use(endpoint, work) {
      const key = endpointKey(endpoint);
      const node = nodes.get(key) ?? { idle: [], open: 0, waiting: [] };
      nodes.set(key, node);
      const connection = await acquire(endpoint, node);
      try {
        const result = await work(connection);
        if (connection.isReady) node.idle.push({ connection, since: performance.now() });
        else discard(node, connection);
        return result;
      } catch (cause) {
        discard(node, connection);
        throw cause;
      } finally {
        planSweep();
        node.waiting.shift()?.();
      }
    },
    close() {
      isClosed = true;
      clearTimeout(sweep);
      for (const connection of all) connection.close();
      all.clear();
      for (const { waiting } of nodes.values()) for (const wake of waiting.splice(0)) wake();
      nodes.clear();
    },
  };
}

/** Resolves when a connection may be free. */
function turn({ waiting }: NodeConnections, deadline: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = (): void => {
      clearTimeout(patience);
      resolve();
    };
    const patience = setTimeout(
      () => {
        const at = waiting.indexOf(wake);
        if (at >= 0) waiting.splice(at, 1);
        reject(new Outage('CLUSTER_UNAVAILABLE', 'Too many transactions run on this node now: try again.'));
      },
      Math.max(deadline - performance.now(), 0),
    );
    waiting.push(wake);
  });
}

function closed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'The connections to this cluster were closed.');
}
