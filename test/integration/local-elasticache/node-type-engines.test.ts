import { expect, it } from 'vitest';
import { cacheAvailable, smallCache } from '../../helpers/elasticache/cache-clusters.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const refused = {
  name: 'InvalidParameterValueException',
  message: expect.stringMatching(/^Node type cache.r8g/) as string,
};

it('a new cluster of Redis OSS cannot have nodes that require Valkey', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const CacheNodeType = 'cache.r8g.large';
  await expect(client.createReplicationGroup({ ...smallGroup, Engine: 'redis', CacheNodeType })).rejects.toMatchObject(
    refused,
  );
  await expect(client.createCacheCluster({ ...smallCache, CacheNodeType })).rejects.toMatchObject(refused);
  await client.createReplicationGroup({ ...smallGroup, CacheNodeType });
  await groupStatusBecomes(client, 'orders', 'available');
});

it('the node types to which a cluster can be changed are those of its engine version', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, EngineVersion: '6.0' });
  await client.createReplicationGroup({ ...smallGroup, Engine: 'redis', EngineVersion: '7.1' });
  await cacheAvailable(client, 'cache');
  await groupStatusBecomes(client, 'orders', 'available');
  const up = async (of: object) => {
    const { ScaleUpModifications = [] } = await client.listAllowedNodeTypeModifications(of);
    return new Set(ScaleUpModifications.map((type) => type.split('.')[1]));
  };
  const ofOld = await up({ CacheClusterId: 'cache' });
  const ofNew = await up({ ReplicationGroupId: 'orders' });
  expect([ofOld.has('m6g'), ofOld.has('m7g'), ofOld.has('m8g')]).toEqual([true, false, false]);
  expect([ofNew.has('m6g'), ofNew.has('m7g'), ofNew.has('m8g')]).toEqual([true, true, false]);

  const change = { ReplicationGroupId: 'orders', CacheNodeType: 'cache.r8g.large', ApplyImmediately: true };
  await expect(client.modifyReplicationGroup(change)).rejects.toMatchObject(refused);
  await client.modifyReplicationGroup({ ...change, Engine: 'valkey', EngineVersion: '8.0' });
  await groupStatusBecomes(client, 'orders', 'available');
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({});
  expect(group).toMatchObject({ CacheNodeType: 'cache.r8g.large', Engine: 'valkey' });
});

it('a change of the engine that waits counts for a later change of the node type', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const ReplicationGroupId = 'orders';
  await client.createReplicationGroup({ ...smallGroup, Engine: 'redis' });
  await groupStatusBecomes(client, ReplicationGroupId, 'available');
  await client.modifyReplicationGroup({ ReplicationGroupId, Engine: 'valkey', EngineVersion: '8.0' });
  await client.modifyReplicationGroup({ ReplicationGroupId, CacheNodeType: 'cache.r8g.large' });
});
