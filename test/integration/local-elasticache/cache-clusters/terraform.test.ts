import type {
  CreateCacheClusterCommandInput,
  ElastiCache,
  ModifyCacheClusterCommandInput,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { cacheAvailable, cacheCluster, cacheDeleted } from '../../../helpers/elasticache/cache-clusters.js';
import { groupStatusBecomes, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

/**
 * The calls that Terraform's AWS provider makes for `aws_elasticache_cluster` (internal/service/elasticache/cluster.go), in its
 * order and with its members: create, wait, read, update, delete.
 */

const CacheClusterId = 'tf-cache';
const Tags = [{ Key: 'Name', Value: 'tf' }];
const created = { CacheClusterId, Engine: 'redis', CacheNodeType: 'cache.t3.small', NumCacheNodes: 1, Tags };

/** The answers that the provider reads after each change: the cluster with its node, and its tags. */
async function read(client: ElastiCache) {
  const cluster = await cacheCluster(client, CacheClusterId);
  const { TagList } = await client.listTagsForResource({ ResourceName: cluster.ARN });
  return { cluster, tags: TagList };
}

async function create(client: ElastiCache, input: CreateCacheClusterCommandInput) {
  await client.createCacheCluster(input);
  await cacheAvailable(client, CacheClusterId);
  return read(client);
}

async function update(client: ElastiCache, change: Omit<ModifyCacheClusterCommandInput, 'CacheClusterId'>) {
  await client.modifyCacheCluster({ CacheClusterId, ApplyImmediately: true, ...change });
  await cacheAvailable(client, CacheClusterId);
  return read(client);
}

async function destroy(client: ElastiCache, FinalSnapshotIdentifier?: string): Promise<void> {
  await client.deleteCacheCluster({ CacheClusterId, FinalSnapshotIdentifier });
  await cacheDeleted(client, CacheClusterId);
}

describe('aws_elasticache_cluster', () => {
  it('of engine redis is created, tagged, changed and destroyed', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const { cluster, tags } = await create(client, {
      ...created,
      Port: 6379,
      SecurityGroupIds: ['sg-1'],
      AZMode: 'single-az',
    });
    expect(cluster).toMatchObject({ NetworkType: 'ipv4', TransitEncryptionEnabled: false, NumCacheNodes: 1 });
    // The provider dereferences these members of the node.
    expect(cluster.CacheNodes![0]).toMatchObject({
      CacheNodeId: '0001',
      Endpoint: { Address: '127.0.0.1', Port: expect.any(Number) as number },
      CustomerAvailabilityZone: 'us-east-1a',
    });
    expect(tags).toEqual(Tags);
    await client.removeTagsFromResource({ ResourceName: cluster.ARN!, TagKeys: ['Name'] });
    await client.addTagsToResource({ ResourceName: cluster.ARN!, Tags: [{ Key: 'env', Value: 'prod' }] });
    const changed = await update(client, {
      CacheNodeType: 'cache.r7g.large',
      PreferredMaintenanceWindow: 'tue:06:30-tue:07:30',
      SnapshotRetentionLimit: 3,
      SnapshotWindow: '02:00-03:00',
      AutoMinorVersionUpgrade: false,
    });
    expect(changed.cluster).toMatchObject({
      CacheNodeType: 'cache.r7g.large',
      PreferredMaintenanceWindow: 'tue:06:30-tue:07:30',
      SnapshotRetentionLimit: 3,
      AutoMinorVersionUpgrade: false,
    });
    expect(changed.tags).toEqual([{ Key: 'env', Value: 'prod' }]);
    await destroy(client, 'tf-final');
    const { Snapshots: [last] = [] } = await client.describeSnapshots({ SnapshotName: 'tf-final' });
    expect(last).toMatchObject({ SnapshotStatus: 'available', CacheClusterId });
  });

  it('has a parameter group, a newer engine, logs and a topic, which is removed by an empty ARN', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:topic';
    await client.createCacheParameterGroup({
      CacheParameterGroupName: 'tf-params',
      CacheParameterGroupFamily: 'redis7',
      Description: 'd',
    });
    const slowLog = {
      LogType: 'slow-log',
      DestinationType: 'cloudwatch-logs',
      DestinationDetails: { CloudWatchLogsDetails: { LogGroup: 'slow' } },
      LogFormat: 'text',
    } as const;
    const { cluster } = await create(client, {
      ...created,
      EngineVersion: '6.2',
      NotificationTopicArn: TopicArn,
      LogDeliveryConfigurations: [slowLog],
    });
    expect(cluster).toMatchObject({
      NotificationConfiguration: { TopicArn, TopicStatus: 'active' },
      LogDeliveryConfigurations: [{ ...slowLog, Status: 'active' }],
    });
    const { cluster: after } = await update(client, {
      EngineVersion: '7.1',
      CacheParameterGroupName: 'tf-params',
      NotificationTopicArn: '',
      NotificationTopicStatus: 'inactive',
      LogDeliveryConfigurations: [{ LogType: 'slow-log', Enabled: false }],
    });
    expect(after).toMatchObject({
      EngineVersion: '7.1',
      CacheParameterGroup: { CacheParameterGroupName: 'tf-params' },
      LogDeliveryConfigurations: [],
    });
    expect(after.NotificationConfiguration).toBeUndefined();
    await destroy(client);
  });

  it('of a replication group is a replica, destroyed before its group', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createReplicationGroup({
      ReplicationGroupId: 'tf-group',
      ReplicationGroupDescription: 'Managed by Terraform',
      Engine: 'redis',
      CacheNodeType: 'cache.t3.small',
      NumCacheClusters: 1,
    });
    await groupStatusBecomes(client, 'tf-group', 'available');
    const { cluster } = await create(client, { CacheClusterId, ReplicationGroupId: 'tf-group', Tags });
    expect(cluster).toMatchObject({ ReplicationGroupId: 'tf-group', NumCacheNodes: 1 });
    await destroy(client);
    // With the primary, the provider must not retry: it looks for these words.
    await expect(client.deleteCacheCluster({ CacheClusterId: 'tf-group-001' })).rejects.toThrow(
      'only member of a replication group',
    );
    await client.deleteReplicationGroup({ ReplicationGroupId: 'tf-group' });
    await groupStatusBecomes(client, 'tf-group', undefined);
  });
});
