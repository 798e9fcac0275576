import { expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import {
  cacheAvailable,
  cacheCluster,
  cacheDeleted,
  cacheEvents,
  smallCache,
} from '../../../helpers/elasticache/cache-clusters.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

it('a cache cluster is created, described, changed and deleted, with events in words of AWS', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const { CacheCluster: created } = await client.createCacheCluster({
    ...smallCache,
    CacheClusterId: 'Cache',
    PreferredAvailabilityZone: 'us-east-1b',
    SnapshotRetentionLimit: 2,
    Tags: [{ Key: 'team', Value: 'a' }],
  });
  expect(created).toMatchObject({ CacheClusterId: 'cache', CacheClusterStatus: 'creating', Engine: 'redis' });
  await cacheAvailable(client, 'cache');
  const cluster = await cacheCluster(client, 'cache');
  expect(cluster).toMatchObject({
    CacheClusterStatus: 'available',
    EngineVersion: '7.1',
    NumCacheNodes: 1,
    PreferredAvailabilityZone: 'us-east-1b',
    SnapshotRetentionLimit: 2,
    CacheParameterGroup: { CacheParameterGroupName: 'default.redis7' },
    ARN: 'arn:aws:elasticache:us-east-1:000000000000:cluster:cache',
    ReplicationGroupLogDeliveryEnabled: false,
    CacheNodes: [{ CacheNodeId: '0001', CacheNodeStatus: 'available' }],
  });
  expect(cluster.ReplicationGroupId).toBeUndefined();
  expect(cluster.CacheNodes![0]!.Endpoint!.Port).toBeGreaterThan(0);
  expect((await client.listTagsForResource({ ResourceName: cluster.ARN })).TagList).toEqual([
    { Key: 'team', Value: 'a' },
  ]);

  await client.modifyCacheCluster({
    CacheClusterId: 'cache',
    PreferredMaintenanceWindow: 'tue:06:30-tue:07:30',
    SecurityGroupIds: ['sg-1'],
    ApplyImmediately: true,
  });
  await cacheAvailable(client, 'cache');
  expect(await cacheCluster(client, 'cache')).toMatchObject({
    PreferredMaintenanceWindow: 'tue:06:30-tue:07:30',
    SecurityGroups: [{ SecurityGroupId: 'sg-1', Status: 'active' }],
  });
  const { CacheCluster: deleted } = await client.deleteCacheCluster({ CacheClusterId: 'cache' });
  expect(deleted).toMatchObject({ CacheClusterStatus: 'deleting' });
  await cacheDeleted(client, 'cache');
  expect(await cacheEvents(client, 'cache')).toEqual([
    'Added cache node 0001 in availability zone us-east-1b',
    'Updated to use a CacheParameterGroup default.redis7',
    'Cache cluster created',
    'Cache cluster cache modified',
    'Cache cluster deleted',
  ]);
  const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
  expect(Events).toEqual([]);
});

it('a cache cluster is no replication group, which may have the same ID', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await client.createCacheCluster({ ...smallCache, CacheClusterId: 'orders' });
  await groupStatusBecomes(client, 'orders', 'available');
  await cacheAvailable(client, 'orders');
  const ids = async (onlyStandalone: boolean) => {
    const { CacheClusters = [] } = await client.describeCacheClusters({
      ShowCacheClustersNotInReplicationGroups: onlyStandalone,
    });
    return CacheClusters.map(({ CacheClusterId }) => CacheClusterId);
  };
  expect(await ids(false)).toEqual(['orders', 'orders-001']);
  expect(await ids(true)).toEqual(['orders']);
  const { ReplicationGroups = [] } = await client.describeReplicationGroups();
  expect(ReplicationGroups.map(({ ReplicationGroupId }) => ReplicationGroupId)).toEqual(['orders']);
  for (const ReplicationGroupId of ['cache-cluster--orders', 'orders-001']) {
    await expect(client.describeReplicationGroups({ ReplicationGroupId })).rejects.toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
    });
    await expect(client.deleteReplicationGroup({ ReplicationGroupId })).rejects.toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
    });
  }
  await client.deleteCacheCluster({ CacheClusterId: 'orders' });
  await cacheDeleted(client, 'orders');
  expect(await ids(false)).toEqual(['orders-001']);
});

const engineRefusal =
  "This API doesn't support Valkey engine. Please use CreateReplicationGroup API for Valkey cluster creation.";

it.each<[object, string, string | RegExp]>([
  [{ Engine: 'valkey' }, 'InvalidParameterValue', engineRefusal],
  [{ Engine: 'memcached' }, 'InvalidParameterValue', /memcached is not supported by the local/],
  [{ Engine: undefined }, 'MissingParameter', /Engine/],
  [{ CacheNodeType: undefined }, 'MissingParameter', /CacheNodeType/],
  [{ CacheNodeType: 'cache.none' }, 'InvalidParameterValue', /node type/i],
  [
    { NumCacheNodes: 2 },
    'InvalidParameterValue',
    'Cannot create a Redis cluster with a NumCacheNodes parameter greater than 1.',
  ],
  [{ NumCacheNodes: 0 }, 'InvalidParameterValue', /NumCacheNodes/],
  [{ CacheClusterId: 'a'.repeat(51) }, 'InvalidParameterValue', /maxLength 50/],
  [{ CacheClusterId: 'a--b' }, 'InvalidParameterValue', /CacheClusterId is not a valid identifier/],
  [{ CacheClusterId: 'taken-001' }, 'CacheClusterAlreadyExists', 'Cache cluster taken-001 already exists.'],
  [{ CacheParameterGroupName: 'default.redis7.cluster.on' }, 'InvalidParameterCombination', /cluster mode/],
  [{ CacheParameterGroupName: 'default.redis6.x' }, 'InvalidParameterCombination', /family redis7/],
  [{ CacheSubnetGroupName: 'none' }, 'CacheSubnetGroupNotFoundFault', /none/],
  [{ PreferredAvailabilityZone: 'us-east-1z' }, 'InvalidParameterValue', /not a valid availability zone/],
  [{ PreferredAvailabilityZones: ['us-east-1a'] }, 'InvalidParameterCombination', /Memcached only/],
  [{ AZMode: 'cross-az' }, 'InvalidParameterCombination', /^AZMode cross-az is supported for Memcached only/],
  [{ AZMode: 'foo' }, 'InvalidParameterValue', 'Expected AZMode single-az or cross-az, got foo.'],
  [{ NetworkType: 'foo' }, 'InvalidParameterValue', 'Expected NetworkType ipv4, ipv6 or dual_stack, got foo.'],
  [{ IpDiscovery: 'foo' }, 'InvalidParameterValue', 'Expected IpDiscovery ipv4 or ipv6, got foo.'],
  [{ Port: 0 }, 'InvalidParameterValue', /port/i],
  [{ SnapshotName: 'none' }, 'SnapshotNotFoundFault', /none/],
  [{ SnapshotArns: ['arn:aws:s3:::b/dump.rdb'] }, 'InvalidParameterValue', /SnapshotArns is not supported/],
  [{ SnapshotRetentionLimit: 36 }, 'InvalidParameterValue', /35/],
  [{ SnapshotWindow: '01:00-01:30' }, 'InvalidParameterValue', 'Snapshot window must be at least 60 minutes.'],
  [{ PreferredMaintenanceWindow: 'sun:01:00' }, 'InvalidParameterValue', /maintenance window/],
  [{ NotificationTopicArn: 'arn:x' }, 'InvalidParameterValue', /SNS/],
  [
    { TransitEncryptionEnabled: true },
    'InvalidParameterCombination',
    'Encryption feature is not supported for engine REDIS.',
  ],
  [{ AuthToken: 'canary-auth-Token-123' }, 'InvalidParameterCombination', /encryption/],
  [{ NetworkType: 'ipv6' }, 'InvalidParameterCombination', /NetworkType ipv4 only/],
  [{ Tags: [{ Key: 'aws:x', Value: '' }] }, 'InvalidParameterValue', /aws:/],
  [{ LogDeliveryConfigurations: [{ LogType: 'none' }] }, 'InvalidParameterValue', /LogType/],
])('CreateCacheCluster refuses %j and creates nothing', async (change, code, message) => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'taken' });
  await expect(client.createCacheCluster({ ...smallCache, ...change })).rejects.toMatchObject({
    Code: code,
    message: expect.stringMatching(message) as string,
  });
  const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheClustersNotInReplicationGroups: true });
  expect(CacheClusters).toEqual([]);
});

it.each<[object, string, string | RegExp]>([
  [{}, 'InvalidParameterCombination', 'No modifications were requested.'],
  [{ NumCacheNodes: 2 }, 'InvalidParameterValue', /NumCacheNodes/],
  [{ AZMode: 'cross-az' }, 'InvalidParameterCombination', 'AZMode cross-az is supported for Memcached only.'],
  [{ AZMode: 'foo' }, 'InvalidParameterValue', 'Expected AZMode single-az or cross-az, got foo.'],
  [{ EngineVersion: '6.2' }, 'InvalidParameterCombination', 'Cannot modify redis from 7.1 to 6.2.'],
  [{ Engine: 'valkey', EngineVersion: '8.0' }, 'InvalidParameterValue', engineRefusal],
  [{ CacheParameterGroupName: 'default.redis6.x' }, 'InvalidParameterCombination', /family/],
  [{ AuthToken: 'canary-auth-Token-123' }, 'InvalidParameterCombination', /encryption/],
  [{ CacheNodeIdsToRemove: ['0001'] }, 'InvalidParameterValue', /CacheNodeIdsToRemove/],
])('ModifyCacheCluster refuses %j', async (change, code, message) => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster(smallCache);
  await cacheAvailable(client, 'cache');
  const before = await cacheCluster(client, 'cache');
  const refused = client.modifyCacheCluster({ CacheClusterId: 'cache', ...change });
  await expect(refused).rejects.toMatchObject({ Code: code, message: expect.stringMatching(message) as string });
  expect(await cacheCluster(client, 'cache')).toEqual(before);
});

it('names that a cache cluster or a group uses are refused in both directions', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, CacheClusterId: 'orders-001' });
  await expect(client.createCacheCluster({ ...smallCache, CacheClusterId: 'ORDERS-001' })).rejects.toMatchObject({
    name: 'CacheClusterAlreadyExistsFault',
  });
  await expect(client.createReplicationGroup(smallGroup)).rejects.toMatchObject({
    name: 'CacheClusterAlreadyExistsFault',
  });
});

it('a creation that fails leaves a cluster that can be deleted, and an event with the reason', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  fleet.failNextStart('no memory');
  await client.createCacheCluster(smallCache);
  await expect(cacheAvailable(client, 'cache')).rejects.toThrow(/restore-failed/);
  expect(await cacheEvents(client, 'cache')).toEqual(['Failed to create cache cluster cache: no memory']);
  await client.deleteCacheCluster({ CacheClusterId: 'cache' });
  await cacheDeleted(client, 'cache');
});

it('parameter and subnet groups that a cache cluster uses cannot be deleted', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const CacheParameterGroupName = 'mine';
  const CacheSubnetGroupName = 'net';
  await client.createCacheParameterGroup({
    CacheParameterGroupName,
    CacheParameterGroupFamily: 'redis7',
    Description: 'd',
  });
  await client.createCacheSubnetGroup({
    CacheSubnetGroupName,
    CacheSubnetGroupDescription: 'd',
    SubnetIds: ['subnet-1'],
  });
  await client.createCacheCluster({ ...smallCache, CacheParameterGroupName, CacheSubnetGroupName });
  await expect(client.deleteCacheParameterGroup({ CacheParameterGroupName })).rejects.toThrow(/in use by cache\./);
  await expect(client.deleteCacheSubnetGroup({ CacheSubnetGroupName })).rejects.toThrow(/in use by cache\./);
});
