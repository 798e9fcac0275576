import type { Cluster } from './cluster.js';

/**
 * Tests whether two descriptions of one name are of the same cluster. A cluster that was deleted and created again has
 * the same name, and on AWS the same ARN too; its creation time differs. Unknown facts do not decide.
 */
export function isSameCluster(one: Cluster, other: Cluster): boolean {
  if (one.source !== other.source || one.database !== other.database) return false;
  if (one.createdAt && other.createdAt && one.createdAt.getTime() !== other.createdAt.getTime()) return false;
  return one.arn === null || other.arn === null || one.arn === other.arn;
}

/** Tests whether the cluster has an address. */
export function hasEndpoint({ primaryEndpoint, configurationEndpoint, shards }: Cluster): boolean {
  if (primaryEndpoint ?? configurationEndpoint) return true;
  return (shards ?? []).some(({ primary, replicas }) => [primary, ...replicas].some((node) => node?.endpoint));
}

/** Tests whether the cluster will get an address without further action: it is being created, or its nodes are restarting. */
export function awaitsEndpoint(cluster: Cluster): boolean {
  return cluster.status === 'CREATING' || (cluster.status === 'MODIFYING' && !hasEndpoint(cluster));
}
