import {
  waitUntilCacheClusterAvailable,
  waitUntilCacheClusterDeleted,
  type CacheCluster,
  type ElastiCache,
} from '@aws-sdk/client-elasticache';

/** The minimal input for a cache cluster in no replication group. */
export const smallCache = {
  CacheClusterId: 'cache',
  Engine: 'redis',
  CacheNodeType: 'cache.t3.small',
  NumCacheNodes: 1,
} as const;

/** Waits by the SDK's waiter. */
export async function cacheAvailable(client: ElastiCache, CacheClusterId: string): Promise<void> {
  await waitUntilCacheClusterAvailable({ client, maxWaitTime: 20 }, { CacheClusterId });
}

/** Waits by the SDK's waiter. */
export async function cacheDeleted(client: ElastiCache, CacheClusterId: string): Promise<void> {
  await waitUntilCacheClusterDeleted({ client, maxWaitTime: 20 }, { CacheClusterId });
}

export async function cacheCluster(client: ElastiCache, CacheClusterId: string): Promise<CacheCluster> {
  const { CacheClusters: [one] = [] } = await client.describeCacheClusters({ CacheClusterId, ShowCacheNodeInfo: true });
  return one!;
}

/** The events of a cache cluster, oldest first. */
export async function cacheEvents(client: ElastiCache, SourceIdentifier: string): Promise<string[]> {
  const { Events = [] } = await client.describeEvents({ SourceType: 'cache-cluster', SourceIdentifier });
  return Events.map(({ Message }) => Message!);
}
