import calculateSlot from 'cluster-key-slot';
import type { Cluster, Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import { discover } from '../topology/discovery.js';
import { createTopologyRefresher } from '../topology/topology-refresher.js';
import type { ValkeyLimits } from '../limits.js';
import { AccessDenied, unreachable } from '../nodes/connection-errors.js';
import { createConnectionPool } from '../nodes/connection-pool.js';
import type { NodeGreeting, NodeConnection } from '../nodes/node-connection.js';
import type { Reply, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { createRouter } from './router.js';
import { distinct, lowestSlot, slotTable, type Topology, type TopologyShard } from '../topology/topology.js';
import { endpointKey } from '../nodes/endpoint-key.js';

/** One cluster's connections under one set of credentials, which look after themselves until they are closed. */
export interface Session extends ValkeyCommands {
  /** Where the primary is that serves the key (or any), where it is connected now. */
  primaryFor(key?: Buffer): Endpoint | undefined;
  /** Calls back after a connection was lost or found, or the topology has changed; returns its undo. */
  onChange(listener: () => void): () => void;
  /** Looks again soon: somebody has seen a sign that the topology is another one now. */
  refreshSoon(): void;
  readonly isClosed: boolean;
  /** Why `what` cannot be reached now: refused credentials and a closed session are no outage. */
  unavailableReason(what: string): Error;
  /** What is sent from now on is answered with the reason; without one, as a lost connection. */
  close(reason?: Error): void;
}

export interface SessionOptions {
  readonly limits: ValkeyLimits;
  /** The cluster as the control plane knows it now. @throws ExpectedFailure NOT_FOUND if it is gone */
  describe(this: void): Promise<Cluster>;
  open(
    endpoint: Endpoint,
    listener: { onLost(reason: Error): void; onGreeting(greeting: NodeGreeting): void },
  ): Promise<NodeConnection>;
  /** Health after the opening: undefined is whole, else why not. */
  onHealth(this: void, trouble: Error | undefined): void;
}

/** @throws ExpectedFailure, Outage where not one node lets us in */
export async function openSession(options: SessionOptions): Promise<Session> {
  const listeners = new Set<() => void>();
  let topology: Topology = [];
  let isClustered = false;
  let isClosed = false;
  /** Why no node lets us in any more: it is answered instead of an outage, which waiting would mend. */
  let refusal: Error | undefined;
  let table: readonly (TopologyShard | undefined)[] = [];

  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const pool = createConnectionPool((endpoint) =>
    options.open(endpoint, {
      onLost(reason) {
        if (isPrimary(endpoint)) onHealth(reason);
        changed();
        refresher.refreshSoon();
      },
      onGreeting(greeting) {
        if (isPrimary(endpoint) && !greeting.isPrimary) refresher.refreshSoon();
      },
    }),
  );
  const isPrimary = (endpoint: Endpoint): boolean =>
    topology.some(({ primary }) => endpointKey(primary) === endpointKey(endpoint));

  /** One look at the cluster; answers what is missing of it. */
  const refresh = async (): Promise<Error | undefined> => {
    const known = topology.flatMap(({ primary, replicas }) => [primary, ...replicas]);
    const found = await discover(pool, await options.describe(), known);
    const primaries = found.topology.map(({ primary }) => primary);
    const missing = await pool.openAll(primaries, options.limits.connectMs / 3);
    ({ topology, isClustered } = found);
    table = slotTable(topology);
    pool.keepOnly(distinct(topology.flatMap(({ primary, replicas }) => [primary, ...replicas])));
    changed();
    if (missing) return missing;
    return found.isSettled ? undefined : new Outage('CLUSTER_UNAVAILABLE', 'The cluster has no primary now.');
  };
  const onHealth = (trouble: Error | undefined): void => {
    if (isClosed) return;
    refusal = trouble instanceof ExpectedFailure ? new AccessDenied(trouble) : undefined;
    options.onHealth(trouble);
  };
  const refresher = createTopologyRefresher(options.limits, refresh, onHealth);

  /** Looked up once a topology: this is on the way of every command. */
  const primaryConnections = new WeakMap<TopologyShard, NodeConnection>();
  const linkTo = (shard: TopologyShard): NodeConnection | undefined => {
    const known = primaryConnections.get(shard);
    if (known?.isReady === true) return known;
    const connection = pool.get(shard.primary);
    if (connection) primaryConnections.set(shard, connection);
    return connection;
  };
  const shardFor = (key: Buffer | undefined): TopologyShard | undefined =>
    key && isClustered ? table[calculateSlot(key)] : (topology.find(linkTo) ?? topology[0]);
  const router = createRouter({
    limits: options.limits,
    connectionFor(key) {
      const shard = shardFor(key);
      const nodeConnection = shard && linkTo(shard);
      if (nodeConnection) return nodeConnection;
      return refusal ?? (shard ? unreachable(endpointKey(shard.primary)) : notServed());
    },
    open: (endpoint) => pool.open(endpoint),
    onTopologyChange: refresher.refreshSoon,
  });
  const nodeOf = (shard: TopologyShard, endpoint: Endpoint, primary: boolean): ValkeyNode => ({
    endpoint,
    firstSlot: lowestSlot(shard),
    slots: shard.ranges,
    isPrimary: primary,
    send: async (args): Promise<Reply> => (await pool.open(endpoint)).send(args),
  });

  try {
    const missing = await refresh();
    if (missing) {
      if (!topology.some(({ primary }) => pool.get(primary))) throw missing;
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
      return isClustered;
    },
    send: router.send,
    post: router.post,
    transaction: router.transaction,
    refreshTopology: () =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(patience);
          listeners.delete(done);
          resolve();
        };
        const patience = setTimeout(done, options.limits.replyMs);
        listeners.add(done);
        refresher.refreshSoon();
      }),
    primaries: () => topology.map((shard) => nodeOf(shard, shard.primary, true)),
    nodes: () =>
      topology.flatMap((shard) => [
        nodeOf(shard, shard.primary, true),
        ...shard.replicas.map((replica) => nodeOf(shard, replica, false)),
      ]),
    primaryFor(key) {
      const primary = shardFor(key)?.primary;
      return primary && pool.get(primary) ? primary : undefined;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
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
      changed();
      listeners.clear();
    },
  };
}

function notServed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'No node of the cluster serves the hash slot of this key now.');
}
