import { waitUntilCacheClusterAvailable, type ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startFleet } from '../../helpers/elasticache/fleet.js';
import {
  groupStatus,
  groupStatusBecomes,
  smallGroup,
  startElastiCache,
} from '../../helpers/elasticache/local-elasticache.js';

const node = (number: number) => ({ CacheClusterId: `orders-00${number}`, CacheNodeIdsToReboot: ['0001'] });

async function statuses(client: ElastiCache): Promise<unknown[]> {
  const { CacheClusters = [] } = await client.describeCacheClusters({});
  return CacheClusters.map(({ CacheClusterStatus }) => CacheClusterStatus);
}

async function messages(client: ElastiCache, id: string): Promise<unknown[]> {
  const { Events = [] } = await client.describeEvents({ SourceType: 'cache-cluster', SourceIdentifier: id });
  return Events.map(({ Message }) => Message).filter((message) => /^(?:Rebooting c|C)ache node/.test(message!));
}

describe('RebootCacheCluster', () => {
  it('reports the nodes that are rebooted, several at a time, and the group as modifying', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 3 });
    await groupStatusBecomes(client, 'orders', 'available');
    const release = fleet.hold();
    const { CacheCluster } = await client.rebootCacheCluster({ ...node(1), CacheClusterId: 'Orders-001' });
    expect(CacheCluster).toMatchObject({ CacheClusterId: 'orders-001', CacheClusterStatus: 'rebooting cluster nodes' });
    await client.rebootCacheCluster(node(2));
    const rebooting = 'rebooting cluster nodes';
    expect(await statuses(client)).toEqual([rebooting, rebooting, 'available']);
    expect(await groupStatus(client, 'orders')).toBe('modifying');
    for (const change of [
      client.rebootCacheCluster(node(1)),
      client.modifyReplicationGroup({ ReplicationGroupId: 'orders', ReplicationGroupDescription: 'x' }),
    ]) {
      await expect(change).rejects.toMatchObject({ name: expect.stringMatching(/^Invalid.*StateFault$/) as unknown });
    }
    const waited = waitUntilCacheClusterAvailable({ client, maxWaitTime: 30 }, { CacheClusterId: 'orders-002' });
    release();
    expect((await waited).state).toBe('SUCCESS');
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await statuses(client)).toEqual(['available', 'available', 'available']);
  });

  it.each([
    ['an unknown cache cluster', { ...node(1), CacheClusterId: 'orders-009' }, 'CacheClusterNotFoundFault'],
    ['no node', { ...node(1), CacheNodeIdsToReboot: [] }, 'InvalidParameterValueException'],
    ['an unknown node', { ...node(1), CacheNodeIdsToReboot: ['0001', '0002'] }, 'InvalidParameterValueException'],
  ])('refuses %s', async (_title, input, name) => {
    await using local = await startElastiCache(createFakeFleet());
    await local.client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(local.client, 'orders', 'available');
    await expect(local.client.rebootCacheCluster(input)).rejects.toMatchObject({ name });
    expect(await groupStatus(local.client, 'orders')).toBe('available');
  });

  it('refuses nodes of a cluster with cluster mode enabled, and of one that is being created', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createReplicationGroup({ ...smallGroup, ClusterMode: 'enabled', NumNodeGroups: 1 });
    await groupStatusBecomes(client, 'orders', 'available');
    await expect(
      client.rebootCacheCluster({ CacheClusterId: 'orders-0001-001', CacheNodeIdsToReboot: ['0001'] }),
    ).rejects.toMatchObject({
      name: 'InvalidCacheClusterStateFault',
      message: 'Rebooting is not supported on Valkey or Redis OSS (cluster mode enabled) clusters.',
    });
    const release = fleet.hold();
    await client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'other' });
    await expect(
      client.rebootCacheCluster({ CacheClusterId: 'other-001', CacheNodeIdsToReboot: ['0001'] }),
    ).rejects.toMatchObject({ name: 'InvalidCacheClusterStateFault' });
    release();
  });

  it('records a reboot that failed, and the group is available again', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(client, 'orders', 'available');
    fleet.failNextStart('The disk is full.');
    await client.rebootCacheCluster(node(1));
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await messages(client, 'orders-001')).toEqual(['Rebooting cache node 0001 failed: The disk is full.']);
  });

  it('is complete after a restart of the endpoint, which starts all nodes', async () => {
    const fleet = createFakeFleet();
    const first = await startElastiCache(fleet);
    await first.client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(first.client, 'orders', 'available');
    const release = fleet.hold();
    await first.client.rebootCacheCluster(node(1));
    const stopping = first.stop();
    release();
    await stopping;
    await using again = await startElastiCache(createFakeFleet(), first.dataDir);
    await groupStatusBecomes(again.client, 'orders', 'available');
    expect(await statuses(again.client)).toEqual(['available']);
    await again.client.rebootCacheCluster(node(1));
    await groupStatusBecomes(again.client, 'orders', 'available');
    await first[Symbol.asyncDispose]();
  });

  it('applies the parameters of a real node that wait for it', async () => {
    await using fleet = await startFleet();
    await using local = await startElastiCache(fleet, fleet.dataDir);
    const { client } = local;
    const mine = { CacheParameterGroupName: 'mine', CacheParameterGroupFamily: 'valkey8', Description: 'Mine' };
    await client.createCacheParameterGroup(mine);
    await client.createReplicationGroup({ ...smallGroup, CacheParameterGroupName: 'mine', NumCacheClusters: 2 });
    await groupStatusBecomes(client, 'orders', 'available');
    await client.modifyCacheParameterGroup({
      CacheParameterGroupName: 'mine',
      ParameterNameValues: [{ ParameterName: 'databases', ParameterValue: '20' }],
    });
    const waiting = async () =>
      (await client.describeCacheClusters({})).CacheClusters!.map(
        ({ CacheParameterGroup }) => CacheParameterGroup!.ParameterApplyStatus,
      );
    expect(await waiting()).toEqual(['pending-reboot', 'pending-reboot']);
    await client.rebootCacheCluster(node(1));
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await waiting()).toEqual(['in-sync', 'pending-reboot']);
    expect(await messages(client, 'orders-001')).toEqual(['Cache node 0001 shutdown', 'Cache node 0001 restarted']);
    const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
    expect(group!.NodeGroups![0]!.NodeGroupMembers!.map(({ CurrentRole }) => CurrentRole)).toEqual([
      'primary',
      'replica',
    ]);
  });
});
