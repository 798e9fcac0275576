import calculateSlot from 'cluster-key-slot';
import type { Cluster, Endpoint } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import { discover } from '../topology/discovery.js';
import { createHealer } from '../topology/topology-refresher.js';
import type { ValkeyLimits } from '../limits.js';
import { AccessRefused, unreachable } from '../nodes/connection-errors.js';
import { createLinkPool } from '../nodes/connection-pool.js';
import type { NodeGreeting, NodeLink } from '../nodes/node-connection.js';
import type { Reply, ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { createRouter } from './router.js';
import {
  distinct,
  endpointKey,
  lowestSlot,
  slotTable,
  type Topology,
  type TopologyShard,
} from '../topology/topology.js';

/** One cluster's connections under one set of credentials, which look after themselves until they are closed. */
export interface Session extends ValkeyCommands {
  /** Where the primary is that serves the key (or any), where it is connected now. */
  primaryFor(key?: Buffer): Endpoint | undefined;
  /** Calls back after a connection was lost or found, or the topology has changed; returns its undo. */
  onChange(listener: () => void): () => void;
  /** Looks again soon: somebody has seen a sign that the topology is another one now. */
  suspect(): void;
  readonly isClosed: boolean;
  /** Why `what` cannot be reached now: refused credentials and a closed session are no outage. */
  whyNot(what: string): Error;
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
  ): Promise<NodeLink>;
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
  const pool = createLinkPool((endpoint) =>
    options.open(endpoint, {
      onLost(reason) {
        if (isPrimary(endpoint)) onHealth(reason);
        changed();
        healer.heal();
      },
      onGreeting(greeting) {
        if (isPrimary(endpoint) && !greeting.isPrimary) healer.heal();
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
    refusal = trouble instanceof ExpectedFailure ? new AccessRefused(trouble) : undefined;
    options.onHealth(trouble);
  };
  const healer = createHealer(options.limits, refresh, onHealth);

  /** Looked up once a topology: this is on the way of every command. */
  const primaryLinks = new WeakMap<TopologyShard, NodeLink>();
  const linkTo = (shard: TopologyShard): NodeLink | undefined => {
    const known = primaryLinks.get(shard);
    if (known?.isReady === true) return known;
    const link = pool.get(shard.primary);
    if (link) primaryLinks.set(shard, link);
    return link;
  };
  const shardFor = (key: Buffer | undefined): TopologyShard | undefined =>
    key && isClustered ? table[calculateSlot(key)] : (topology.find(linkTo) ?? topology[0]);
  const router = createRouter({
    limits: options.limits,
    linkFor(key) {
      const shard = shardFor(key);
      const link = shard && linkTo(shard);
      if (link) return link;
      return refusal ?? (shard ? unreachable(endpointKey(shard.primary)) : notServed());
    },
    open: (endpoint) => pool.open(endpoint),
    onTopologyChange: healer.heal,
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
      healer.heal();
    }
  } catch (cause) {
    healer.stop();
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
    lookAgain: () =>
      new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(patience);
          listeners.delete(done);
          resolve();
        };
        const patience = setTimeout(done, options.limits.replyMs);
        listeners.add(done);
        healer.heal();
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
    suspect: healer.heal,
    get isClosed() {
      return isClosed;
    },
    whyNot: (what) => refusal ?? unreachable(what),
    close(reason) {
      isClosed = true;
      refusal = reason;
      healer.stop();
      pool.close();
      changed();
      listeners.clear();
    },
  };
}

function notServed(): Outage {
  return new Outage('CLUSTER_UNAVAILABLE', 'No node of the cluster serves the hash slot of this key now.');
}
