import calculateSlot from 'cluster-key-slot';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import type { ConnectionPool } from '../nodes/connection-pool.js';
import { endpointKey } from '../nodes/endpoint-key.js';
import type { NodeConnection } from '../nodes/node-connection.js';
import { slotTable, type Topology, type TopologyShard } from '../topology/topology.js';

/** The shards of a cluster as they were discovered last, and the connections to their primaries. */
export interface ShardTable {
  readonly topology: Topology;
  readonly isClustered: boolean;
  replace(found: Pick<ShardTable, 'topology' | 'isClustered'>): void;
  /** The shard that serves the key. Without a key, any shard, preferably one with a connected primary. */
  shardFor(key: Buffer | undefined): TopologyShard | undefined;
  /** The connection to the primary of the shard; undefined while it is lost. */
  connectionTo(this: void, shard: TopologyShard): NodeConnection | undefined;
  isPrimary(endpoint: Endpoint): boolean;
  /** All nodes. */
  endpoints(): Endpoint[];
}

export function createShardTable(pool: Pick<ConnectionPool, 'get'>): ShardTable {
  let topology: Topology = [];
  let isClustered = false;
  let shardOfSlot: readonly (TopologyShard | undefined)[] = [];
  /** Cached for each topology, because every command needs it. */
  const primaryConnections = new WeakMap<TopologyShard, NodeConnection>();

  const connectionTo = (shard: TopologyShard): NodeConnection | undefined => {
    const known = primaryConnections.get(shard);
    if (known?.isReady === true) return known;
    const connection = pool.get(shard.primary);
    if (connection) primaryConnections.set(shard, connection);
    return connection;
  };

  return {
    get topology() {
      return topology;
    },
    get isClustered() {
      return isClustered;
    },
    replace(found) {
      ({ topology, isClustered } = found);
      shardOfSlot = slotTable(topology);
    },
    shardFor: (key) =>
      key && isClustered ? shardOfSlot[calculateSlot(key)] : (topology.find(connectionTo) ?? topology[0]),
    connectionTo,
    isPrimary: (endpoint) => topology.some(({ primary }) => endpointKey(primary) === endpointKey(endpoint)),
    endpoints: () => topology.flatMap(({ primary, replicas }) => [primary, ...replicas]),
  };
}
