import type { Cluster } from './cluster.js';

/** The names of clusters by those of their nodes. */
export function ownersOfNodes(clusters: readonly Cluster[]): Map<string, string> {
  return new Map(
    clusters.flatMap(({ name, shards }) =>
      (shards ?? []).flatMap(({ primary, replicas }) =>
        [...(primary ? [primary] : []), ...replicas].map((node) => [node.name.toLowerCase(), name] as const),
      ),
    ),
  );
}

/**
 * The name of the cluster of a node. The name of a node that no cluster has any more, because it was deleted, is taken for
 * one that ElastiCache has chosen: that of its cluster, with the shard and a number (`orders-0001-002`, `orders-001`). A deleted
 * cache cluster in no replication group that had such a name is thus taken for a node of that cluster. ElastiCache's events and
 * snapshots do not distinguish them.
 */
export function ownerOfNode(nodeName: string, owners: ReadonlyMap<string, string>): string {
  const name = nodeName.toLowerCase();
  return owners.get(name) ?? name.replace(/(?:-\d{4})?-\d{3}$/, '');
}
