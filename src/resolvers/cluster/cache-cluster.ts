import type { Cluster } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';

/**
 * Refuses what ElastiCache cannot do with a cache cluster that belongs to no replication group.
 * @throws ExpectedFailure NOT_SUPPORTED at `path` if it is one
 */
export function refuseCacheCluster({ name, isCacheCluster }: Cluster, lacks: string, path: readonly string[]): void {
  if (!isCacheCluster) return;
  const message =
    `Cluster ${name} is a single node without a replication group, and has no ${lacks}. CreateReplicationGroup of ElastiCache makes it the ` +
    'primary of a group, by PrimaryClusterId.';
  throw new ExpectedFailure('NOT_SUPPORTED', message, { path });
}
