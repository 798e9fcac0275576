import { expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { cacheAvailable, cacheCluster, cacheDeleted, smallCache } from '../../../helpers/elasticache/cache-clusters.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

it('CreateCacheCluster adds a replica of its own name to a group, and DeleteCacheCluster removes it', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup({ ...smallGroup, Tags: [{ Key: 'team', Value: 'a' }] });
  await groupStatusBecomes(client, 'orders', 'available');
  const { CacheCluster: created } = await client.createCacheCluster({
    CacheClusterId: 'reader',
    ReplicationGroupId: 'orders',
    PreferredAvailabilityZone: 'us-east-1c',
    Tags: [{ Key: 'role', Value: 'reader' }],
  });
  expect(created).toMatchObject({ CacheClusterStatus: 'creating', ReplicationGroupId: 'orders', Engine: 'valkey' });
  await cacheAvailable(client, 'reader');
  const reader = await cacheCluster(client, 'reader');
  expect(reader).toMatchObject({ PreferredAvailabilityZone: 'us-east-1c', CacheClusterStatus: 'available' });
  expect((await client.listTagsForResource({ ResourceName: reader.ARN })).TagList).toEqual([
    { Key: 'team', Value: 'a' },
    { Key: 'role', Value: 'reader' },
  ]);
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  expect(group!.MemberClusters).toEqual(['orders-001', 'reader']);
  expect(group!.NodeGroups![0]!.NodeGroupMembers!.map(({ CurrentRole }) => CurrentRole)).toEqual([
    'primary',
    'replica',
  ]);

  const { CacheCluster: deleted } = await client.deleteCacheCluster({ CacheClusterId: 'reader' });
  expect(deleted).toMatchObject({ CacheClusterStatus: 'deleting' });
  await cacheDeleted(client, 'reader');
  const { ReplicationGroups: [after] = [] } = await client.describeReplicationGroups();
  expect(after!.MemberClusters).toEqual(['orders-001']);
});

it('the primary, the only member and a replica that failover needs are not deleted', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  const remove = (CacheClusterId: string) => client.deleteCacheCluster({ CacheClusterId });
  await expect(remove('orders-001')).rejects.toMatchObject({
    name: 'InvalidCacheClusterStateFault',
    message: expect.stringContaining('only member of a replication group') as string,
  });
  await client.increaseReplicaCount({ ReplicationGroupId: 'orders', NewReplicaCount: 1, ApplyImmediately: true });
  await groupStatusBecomes(client, 'orders', 'available');
  await expect(remove('orders-001')).rejects.toMatchObject({
    name: 'InvalidCacheClusterStateFault',
    message:
      'Cache cluster orders-001 is serving as primary for replication group orders and cannot be deleted. To delete the entire replication group, use DeleteReplicationGroup.',
  });
  await client.modifyReplicationGroup({
    ReplicationGroupId: 'orders',
    AutomaticFailoverEnabled: true,
    ApplyImmediately: true,
  });
  await groupStatusBecomes(client, 'orders', 'available');
  await expect(remove('orders-002')).rejects.toThrow(/automatic failover requires a replica/);
  await expect(
    client.deleteCacheCluster({ CacheClusterId: 'orders-002', FinalSnapshotIdentifier: 'last' }),
  ).rejects.toThrow(/FinalSnapshotIdentifier/);
});

it.each<[object, string, RegExp]>([
  [{ ReplicationGroupId: 'none' }, 'ReplicationGroupNotFoundFault', /none/],
  [{ ReplicationGroupId: 'sharded' }, 'InvalidParameterCombination', /cluster mode enabled/],
  [{ CacheClusterId: 'orders-001' }, 'CacheClusterAlreadyExists', /already exists/],
  [{ CacheNodeType: 'cache.r7g.large' }, 'InvalidParameterCombination', /CacheNodeType of a replica/],
  [{ SnapshotRetentionLimit: 3 }, 'InvalidParameterCombination', /SnapshotRetentionLimit of a replica/],
  [{ AuthToken: 'canary-auth-Token-123' }, 'InvalidParameterCombination', /AuthToken of a replica/],
  [{ PreferredAvailabilityZone: 'us-east-1z' }, 'InvalidParameterValue', /availability zone/],
])('a replica with %j is refused', async (change, code, message) => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'sharded', NumNodeGroups: 2 });
  await groupStatusBecomes(client, 'orders', 'available');
  const request = { CacheClusterId: 'reader', ReplicationGroupId: 'orders', ...change };
  await expect(client.createCacheCluster(request)).rejects.toMatchObject({
    Code: code,
    message: expect.stringMatching(message) as string,
  });
});

it('a group has at most five replicas', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 6 });
  await groupStatusBecomes(client, 'orders', 'available');
  await expect(client.createCacheCluster({ CacheClusterId: 'reader', ReplicationGroupId: 'orders' })).rejects.toThrow(
    'The number of replicas per node group must be within 0 and 5.',
  );
});

it('ModifyCacheCluster of a group member names the action to use', async () => {
  await using local = await startElastiCache(createFakeFleet());
  await local.client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(local.client, 'orders', 'available');
  await expect(
    local.client.modifyCacheCluster({ CacheClusterId: 'orders-001', AutoMinorVersionUpgrade: false }),
  ).rejects.toThrow('Cache cluster orders-001 belongs to replication group orders: use ModifyReplicationGroup.');
});

it('a cache cluster becomes the primary of a new group, and keeps its ID, address and tags', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, Tags: [{ Key: 'team', Value: 'a' }] });
  await cacheAvailable(client, 'cache');
  const before = await cacheCluster(client, 'cache');
  const request = {
    ReplicationGroupId: 'grown',
    ReplicationGroupDescription: 'Grown',
    PrimaryClusterId: 'Cache',
    Tags: [{ Key: 'env', Value: 'prod' }],
  };
  await expect(client.createReplicationGroup({ ...request, NumCacheClusters: 2 })).rejects.toThrow(
    /NumCacheClusters cannot be given with PrimaryClusterId/,
  );
  await expect(client.createReplicationGroup({ ...request, AutoMinorVersionUpgrade: false })).rejects.toThrow(
    /AutoMinorVersionUpgrade cannot be given with PrimaryClusterId/,
  );
  const { ReplicationGroup: made } = await client.createReplicationGroup(request);
  expect(made).toMatchObject({ ReplicationGroupId: 'grown', Status: 'creating', MemberClusters: ['cache'] });
  await groupStatusBecomes(client, 'grown', 'available');
  const after = await cacheCluster(client, 'cache');
  expect(after).toMatchObject({ ReplicationGroupId: 'grown', CacheNodes: before.CacheNodes });
  expect((await client.listTagsForResource({ ResourceName: after.ARN })).TagList).toHaveLength(2);
  await expect(client.createReplicationGroup({ ...request, ReplicationGroupId: 'other' })).rejects.toMatchObject({
    name: 'InvalidCacheClusterStateFault',
  });
  await expect(client.createReplicationGroup({ ...request, PrimaryClusterId: 'none' })).rejects.toMatchObject({
    name: 'CacheClusterNotFoundFault',
  });
  await client.deleteReplicationGroup({ ReplicationGroupId: 'grown' });
  await groupStatusBecomes(client, 'grown', undefined);
  await client.createCacheCluster(smallCache);
  await cacheAvailable(client, 'cache');
});
