import type { Cluster, Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import { createListeners } from '../../../../runtime/listeners.js';
import { discover } from '../topology/discovery.js';
import { createTopologyRefresher } from '../topology/topology-refresher.js';
import type { ValkeyLimits } from '../limits.js';
import { AccessDenied, unreachable } from '../nodes/connection-errors.js';
import { createExclusiveConnections } from '../nodes/exclusive-connections.js';
import { createConnectionPool } from '../nodes/connection-pool.js';
import type { NodeGreeting, NodeConnection } from '../nodes/node-connection.js';
import type { ReachableNode, Reply, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { createRouter } from './router.js';
import { createShardTable } from './shard-table.js';
import { describedNodes, distinct, lowestSlot, type TopologyShard } from '../topology/topology.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** The connections of one cluster with one set of credentials. They are reopened after losses until the session is closed. */
export interface Session extends ValkeyCommands {
  /** The primary that serves the key, or any primary without a key; undefined if it is not connected. */
  primaryFor(key?: Buffer): Endpoint | undefined;
  /** Calls `listener` after a connection was lost or opened, or the topology has changed. Returns a function that removes the listener. */
  onChange(listener: () => void): () => void;
  /** The topology may have changed; reads it again soon. */
  refreshSoon(): void;
  readonly isClosed: boolean;
  /** The reason why `what` cannot be reached. Refused credentials and a closed session are not outages. */
  unavailableReason(what: string): Error;
  /** Later commands reject with the reason. Without a reason, they reject as after a lost connection. */
  close(reason?: Error): void;
}

export interface SessionOptions {
  readonly limits: ValkeyLimits;
  /** The database that `open` selects. */
  readonly database: number;
  /** The control plane's current description of the cluster. @throws ExpectedFailure NOT_FOUND if the cluster was deleted */
  describe(this: void): Promise<Cluster>;
  open(
    endpoint: Endpoint,
    listener: { onLost(reason: Error): void; onGreeting(greeting: NodeGreeting): void },
  ): Promise<NodeConnection>;
  /** Called with undefined if the session is healthy, otherwise with the problem. */
  onHealth(this: void, trouble: Error | undefined): void;
}

/** Most connections to one node for transactions. Each is used for two or three round trips. */
const maxExclusive = 8;

/** @throws ExpectedFailure, Outage if no node accepts a connection */
export async function openSession(options: SessionOptions): Promise<Session> {
  const changes = createListeners();
  let isClosed = false;
  /** The reason why no node accepts a connection any more. Commands reject with it instead of an outage, for which waiting would help. */
  let refusal: Error | undefined;
  /** Nodes that were requested by the address that the control plane names. */
  const direct = new Map<string, Endpoint>();

  const pool = createConnectionPool((endpoint) =>
    options.open(endpoint, {
      onLost(reason) {
        if (shards.isPrimary(endpoint)) onHealth(reason);
        changes.notify();
        refresher.refreshSoon();
      },
      onGreeting(greeting) {
        if (shards.isPrimary(endpoint) && !greeting.isPrimary) refresher.refreshSoon();
      },
    }),
  );
  const shards = createShardTable(pool);
  // The shared connections notice losses and failovers.
  const exclusive = createExclusiveConnections(
    (endpoint) => options.open(endpoint, { onLost: () => undefined, onGreeting: () => undefined }),
    { maxPerNode: maxExclusive, idleMs: options.limits.exclusiveIdleMs, waitMs: options.limits.replyMs },
  );

  /** Reads the topology and opens connections. Resolves to the remaining problem. */
  const refresh = async (): Promise<Error | undefined> => {
    const described = await options.describe();
    const found = await discover(pool, described, shards.endpoints());
    const primaries = found.topology.map(({ primary }) => primary);
    const missing = await pool.openAll(primaries, options.limits.connectMs / 3);
    shards.replace(found);
    const members = new Set(describedNodes(described).map(endpointKey));
    for (const key of direct.keys()) if (!members.has(key)) direct.delete(key);
    pool.keepOnly(distinct([...shards.endpoints(), ...direct.values()]));
    changes.notify();
    if (missing) return missing;
    return found.isSettled ? undefined : new Outage('CLUSTER_UNAVAILABLE', 'The cluster has no primary now.');
  };
  const onHealth = (trouble: Error | undefined): void => {
    if (isClosed) return;
    refusal = trouble instanceof ExpectedFailure ? new AccessDenied(trouble) : undefined;
    options.onHealth(trouble);
  };
  const refresher = createTopologyRefresher(options.limits, refresh, onHealth);

  const router = createRouter({
    limits: options.limits,
    connectionFor(key) {
      const shard = shards.shardFor(key);
      const nodeConnection = shard && shards.connectionTo(shard);
      if (nodeConnection) return nodeConnection;
      return refusal ?? (shard ? unreachable(endpointKey(shard.primary)) : notServed());
    },
    open: (endpoint) => pool.open(endpoint),
    exclusive: exclusive.use,
    onTopologyChange: refresher.refreshSoon,
  });
  const reachable = (endpoint: Endpoint): ReachableNode => ({
    endpoint,
    send: async (args): Promise<Reply> => (await pool.open(endpoint)).send(args),
    connection: () => pool.open(endpoint),
  });
  const nodeOf = (shard: TopologyShard, endpoint: Endpoint, isPrimary: boolean): ValkeyNode => ({
    ...reachable(endpoint),
    firstSlot: lowestSlot(shard),
    slots: shard.ranges,
    isPrimary,
  });

  try {
    const missing = await refresh();
    if (missing) {
      if (!shards.topology.some(shards.connectionTo)) throw missing;
      onHealth(missing);
      refresher.refreshSoon();
    }
  } catch (cause) {
    refresher.stop();
    pool.close();
    throw cause;
  }
  return {
    get isClustered() {
      return shards.isClustered;
    },
    database: options.database,
    send: router.send,
    post: router.post,
    transaction: router.transaction,
    execute: router.execute,
    refreshTopology: () =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(patience);
          removeListener();
          resolve();
        };
        const patience = setTimeout(done, options.limits.replyMs);
        const removeListener = changes.add(done);
        refresher.refreshSoon();
      }),
    primaries: () => shards.topology.map((shard) => nodeOf(shard, shard.primary, true)),
    nodes: () =>
      shards.topology.flatMap((shard) => [
        nodeOf(shard, shard.primary, true),
        ...shard.replicas.map((replica) => nodeOf(shard, replica, false)),
      ]),
    nodeAt(endpoint) {
      direct.set(endpointKey(endpoint), endpoint);
      return reachable(endpoint);
    },
    primaryFor(key) {
      const primary = shards.shardFor(key)?.primary;
      return primary && pool.get(primary) ? primary : undefined;
    },
    onChange: changes.add,
    refreshSoon: refresher.refreshSoon,
    get isClosed() {
      return isClosed;
    },
    unavailableReason: (what) => refusal ?? unreachable(what),
    close(reason) {
      isClosed = true;
      refusal = reason;
      refresher.stop();
      pool.close();
      exclusive.close();
      changes.notify();
      changes.clear();
    },
  };
}

function notServed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'No node of the cluster serves the hash slot of this key now.');
}
