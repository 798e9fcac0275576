import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { openAdmin } from '../../../../src/local-elasticache/nodes/admin.js';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

const orders = { ReplicationGroupId: 'orders', ApplyImmediately: true };
const team = [{ Key: 'team', Value: 'a' }];
const sharded = { ClusterMode: 'enabled', NumNodeGroups: 1, ReplicasPerNodeGroup: 0, Tags: team } as const;

async function nodeIds(client: ElastiCache): Promise<string[]> {
  const { CacheClusters = [] } = await client.describeCacheClusters({});
  return CacheClusters.map(({ CacheClusterId }) => CacheClusterId!);
}

async function messagesOf(client: ElastiCache, node: string): Promise<string[]> {
  const { Events = [] } = await client.describeEvents({ SourceType: 'cache-cluster', SourceIdentifier: node });
  return Events.map(({ Message }) => Message!).toSorted();
}

it('new replicas and shards have the settings, tags and events of the first nodes', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  const set = (ParameterName: string, ParameterValue: string) =>
    client.modifyCacheParameterGroup({
      CacheParameterGroupName: 'mine',
      ParameterNameValues: [{ ParameterName, ParameterValue }],
    });
  const mine = { CacheParameterGroupName: 'mine', CacheParameterGroupFamily: 'valkey8', Description: 'Mine' };
  await client.createCacheParameterGroup(mine);
  await set('cluster-enabled', 'yes');
  await set('reserved-memory-percent', '50');
  await set('maxmemory-policy', 'allkeys-lfu');
  await client.createReplicationGroup({ ...smallGroup, ...sharded, CacheParameterGroupName: 'mine' });
  await groupStatusBecomes(client, 'orders', 'available');
  // The configuration that the first node started with does not have this value.
  await set('maxmemory-policy', 'volatile-lfu');
  await client.modifyReplicationGroupShardConfiguration({ ...orders, NodeGroupCount: 2 });
  await groupStatusBecomes(client, 'orders', 'available');
  await client.increaseReplicaCount({ ...orders, NewReplicaCount: 1 });
  await groupStatusBecomes(client, 'orders', 'available');

  const ids = await nodeIds(client);
  expect(ids).toEqual(['orders-0001-001', 'orders-0001-002', 'orders-0002-001', 'orders-0002-002']);
  const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
  const settings = await Promise.all(
    CacheClusters.map(async ({ CacheNodes }) => {
      const { Address: host, Port: port } = CacheNodes![0]!.Endpoint!;
      await using node = await openAdmin({ host: host!, port: port! });
      return String(await node.command('INFO', 'memory')).match(/^maxmemory(_policy)?:\S+/gm);
    }),
  );
  expect(settings).toEqual(ids.map(() => ['maxmemory:735513149', 'maxmemory_policy:volatile-lfu']));
  for (const { ARN, CacheClusterId, PreferredAvailabilityZone: zone, CacheParameterGroup } of CacheClusters) {
    expect((await client.listTagsForResource({ ResourceName: ARN! })).TagList).toEqual(team);
    expect(CacheParameterGroup!.ParameterApplyStatus).toBe('in-sync');
    const later = CacheClusterId === ids[0] ? ['Updated parameter maxmemory-policy to volatile-lfu'] : [];
    expect(await messagesOf(client, CacheClusterId!)).toEqual([
      `Added cache node 0001 in availability zone ${zone!}`,
      'Cache cluster created',
      ...later,
      'Updated to use a CacheParameterGroup mine',
    ]);
  }

  await client.decreaseReplicaCount({ ...orders, NewReplicaCount: 0 });
  await groupStatusBecomes(client, 'orders', 'available');
  expect(await messagesOf(client, 'orders-0002-002')).toEqual(
    expect.arrayContaining([
      'Cache cluster deleted',
      expect.stringMatching(/^Removed cache node 0001 in availability/),
    ]),
  );
  const gone = CacheClusters.find(({ CacheClusterId }) => CacheClusterId === 'orders-0002-002')!;
  await expect(client.listTagsForResource({ ResourceName: gone.ARN! })).rejects.toMatchObject({
    name: 'CacheClusterNotFoundFault',
  });
}, 60_000);

it('new nodes are in the zones of the subnet group, and others are refused', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheSubnetGroup({
    CacheSubnetGroupName: 'one',
    CacheSubnetGroupDescription: 'One zone',
    SubnetIds: ['subnet-1'],
  });
  await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 1, CacheSubnetGroupName: 'one' });
  await groupStatusBecomes(client, 'orders', 'available');
  const wish = { NodeGroupId: '0001', NewReplicaCount: 1, PreferredAvailabilityZones: ['us-east-1a', 'us-east-1c'] };
  await expect(client.increaseReplicaCount({ ...orders, ReplicaConfiguration: [wish] })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('us-east-1c is not a valid availability zone') as unknown,
  });
  await client.increaseReplicaCount({ ...orders, NewReplicaCount: 2 });
  await groupStatusBecomes(client, 'orders', 'available');
  const { CacheClusters = [] } = await client.describeCacheClusters({});
  expect(CacheClusters.map(({ PreferredAvailabilityZone }) => PreferredAvailabilityZone)).toEqual([
    'us-east-1a',
    'us-east-1a',
    'us-east-1a',
  ]);
});
