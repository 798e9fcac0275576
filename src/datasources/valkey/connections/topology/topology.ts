import { endpointKey } from '../nodes/endpoint-key.js';
import type { Cluster, Endpoint } from '../../../../domain/cluster/cluster.js';
import type { Reply } from '../../interfaces.js';

export const slotCount = 16_384;
/** First and last slot, inclusive. */
export type SlotRange = readonly [first: number, last: number];

/** One primary with its slots and its replicas. */
export interface TopologyShard {
  readonly primary: Endpoint;
  readonly replicas: readonly Endpoint[];
  readonly ranges: readonly SlotRange[];
}
export type Topology = readonly TopologyShard[];

/**
 * Parses the reply of CLUSTER SLOTS into shards, ordered by their lowest slot. The host of `answeredBy` is used for a node that does not
 * know its own name.
 */
export function parseClusterSlots(reply: Reply, answeredBy: Endpoint): Topology {
  const shards = new Map<string, { primary: Endpoint; replicas: readonly Endpoint[]; ranges: SlotRange[] }>();
  for (const row of Array.isArray(reply) ? reply : []) {
    if (!Array.isArray(row)) continue;
    const [first, last, ...nodes] = row;
    const [primary, ...replicas] = nodes.flatMap((node) => parseNode(node, answeredBy));
    if (!primary) continue;
    const shard = shards.get(endpointKey(primary)) ?? { primary, replicas, ranges: [] };
    shard.ranges.push([Number(first), Number(last)]);
    shards.set(endpointKey(primary), shard);
  }
  return [...shards.values()]
    .map((shard) => ({ ...shard, ranges: shard.ranges.sort(([left], [right]) => left - right) }))
    .sort((left, right) => lowestSlot(left) - lowestSlot(right));
}

function parseNode(node: Reply, answeredBy: Endpoint): Endpoint[] {
  if (!Array.isArray(node)) return [];
  const [host, port] = node;
  const name = Buffer.isBuffer(host) ? host.toString() : '';
  return [{ host: name === '' || name === '?' ? answeredBy.host : name, port: Number(port) }];
}

/** The topology as the control plane reports it, for users that may not run CLUSTER SLOTS. */
export function describedTopology(cluster: Cluster): Topology {
  return (cluster.shards ?? []).flatMap((shard): TopologyShard[] => {
    const primary = shard.primary?.endpoint;
    if (!primary) return [];
    const replicas = shard.replicas.flatMap(({ endpoint }) => (endpoint ? [endpoint] : []));
    return [{ primary, replicas, ranges: parseRanges(shard.slots ?? `0-${slotCount - 1}`) }];
  });
}

function parseRanges(slots: string): SlotRange[] {
  return slots.split(',').map((range) => {
    const [first, last] = range.split('-').map(Number);
    return [first ?? 0, last ?? first ?? 0];
  });
}

/** The endpoints by which a cluster can be reached, the most promising first. */
export function entryPoints(cluster: Cluster): Endpoint[] {
  const named = [cluster.configurationEndpoint, cluster.primaryEndpoint].flatMap((endpoint) => endpoint ?? []);
  return distinct([...named, ...describedNodes(cluster)]);
}

/** The addresses of the nodes that the control plane lists. */
export function describedNodes(cluster: Cluster): Endpoint[] {
  const nodes = (cluster.shards ?? []).flatMap(({ primary, replicas }) => [primary, ...replicas]);
  return nodes.flatMap((node) => node?.endpoint ?? []);
}

export function distinct(endpoints: readonly Endpoint[]): Endpoint[] {
  return [...new Map(endpoints.map((endpoint) => [endpointKey(endpoint), endpoint])).values()];
}

export function lowestSlot({ ranges }: TopologyShard): number {
  return ranges[0]?.[0] ?? 0;
}

/** The shard of each slot; undefined for a slot that no shard serves. */
export function slotTable(topology: Topology): readonly (TopologyShard | undefined)[] {
  const table = new Array<TopologyShard | undefined>(slotCount).fill(undefined);
  for (const shard of topology) for (const [first, last] of shard.ranges) table.fill(shard, first, last + 1);
  return table;
}
