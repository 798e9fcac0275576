import type { Cluster } from './cluster.js';

/**
 * Whether two descriptions of one name are of the same cluster. A cluster that is deleted and created again has the same name, and
 * on AWS the same ARN too: its creation time tells the two apart. Facts that are not known yet decide nothing.
 */
export function isSameCluster(one: Cluster, other: Cluster): boolean {
  if (one.source !== other.source) return false;
  if (one.createdAt && other.createdAt && one.createdAt.getTime() !== other.createdAt.getTime()) return false;
  return one.arn === null || other.arn === null || one.arn === other.arn;
}

/** Whether it can be reached at all: it has an address. */
export function hasEndpoint({ primaryEndpoint, configurationEndpoint, shards }: Cluster): boolean {
  if (primaryEndpoint ?? configurationEndpoint) return true;
  return (shards ?? []).some(({ primary, replicas }) => [primary, ...replicas].some((node) => node?.endpoint));
}

/** Whether it will be reachable by itself: it is being created, or its nodes are being started again. */
export function awaitsEndpoint(cluster: Cluster): boolean {
  return cluster.status === 'CREATING' || (cluster.status === 'MODIFYING' && !hasEndpoint(cluster));
}
