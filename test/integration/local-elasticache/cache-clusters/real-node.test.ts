import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { openAdmin, type Admin } from '../../../../src/local-elasticache/nodes/admin.js';
import { eventually } from '../../../helpers/run/eventually.js';
import {
  cacheAvailable,
  cacheCluster,
  cacheDeleted,
  cacheEvents,
  smallCache,
} from '../../../helpers/elasticache/cache-clusters.js';
import { startFleet } from '../../../helpers/elasticache/fleet.js';
import { groupStatusBecomes, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { replicatedTo } from '../../../helpers/valkey/replicated.js';

async function addressOf(client: ElastiCache, id: string): Promise<{ host: string; port: number }> {
  const { Address, Port } = (await cacheCluster(client, id)).CacheNodes![0]!.Endpoint!;
  return { host: Address!, port: Port! };
}

async function enter(client: ElastiCache, id: string): Promise<Admin> {
  return openAdmin(await addressOf(client, id));
}

async function info(node: Admin, field: string): Promise<string> {
  return new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(String(await node.command('INFO', 'everything')))![1]!;
}

it('a cache cluster is one real node with its memory and parameters, whose data survives a restart of the endpoint', async () => {
  await using fleet = await startFleet();
  await using first = await startElastiCache(fleet, fleet.dataDir);
  await first.client.createCacheParameterGroup({
    CacheParameterGroupName: 'mine',
    CacheParameterGroupFamily: 'redis7',
    Description: 'd',
  });
  await first.client.modifyCacheParameterGroup({
    CacheParameterGroupName: 'mine',
    ParameterNameValues: [{ ParameterName: 'maxmemory-policy', ParameterValue: 'allkeys-lfu' }],
  });
  await first.client.createCacheCluster({ ...smallCache, CacheParameterGroupName: 'mine' });
  await cacheAvailable(first.client, 'cache');
  const before = await addressOf(first.client, 'cache');
  await using node = await openAdmin(before);
  expect(await info(node, 'maxmemory_policy')).toBe('allkeys-lfu');
  const memory = Number(await info(node, 'maxmemory'));
  expect(memory).toBeGreaterThan(1024 ** 3);
  await first.client.modifyCacheCluster({
    CacheClusterId: 'cache',
    CacheNodeType: 'cache.t3.medium',
    ApplyImmediately: true,
  });
  await cacheAvailable(first.client, 'cache');
  await using larger = await enter(first.client, 'cache');
  expect(Number(await info(larger, 'maxmemory'))).toBeGreaterThan(memory);
  await larger.command('SET', 'greeting', 'hello');
  await first.stop();

  await using second = await startElastiCache(fleet, fleet.dataDir);
  await cacheAvailable(second.client, 'cache');
  expect(await addressOf(second.client, 'cache')).toEqual(before);
  await using again = await enter(second.client, 'cache');
  expect(await again.command('GET', 'greeting')).toBe('hello');
  await second.client.deleteCacheCluster({ CacheClusterId: 'cache' });
  await cacheDeleted(second.client, 'cache');
  await expect(access(join(fleet.dataDir, 'nodes', 'cache-cluster--cache'))).rejects.toThrow('ENOENT');
  await expect(openAdmin(before)).rejects.toThrow();
});

it('a node that is killed is restarted with its data, and its events say so', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  await client.createCacheCluster(smallCache);
  await cacheAvailable(client, 'cache');
  await using node = await enter(client, 'cache');
  await node.command('SET', 'greeting', 'hello');
  process.kill(Number(await info(node, 'process_id')), 'SIGKILL');
  await eventually(async () => {
    const happened = (await cacheEvents(client, 'cache')).slice(3);
    expect(happened.length).toBeGreaterThanOrEqual(2);
  });
  await eventually(async () => {
    await using again = await enter(client, 'cache');
    expect(await again.command('GET', 'greeting')).toBe('hello');
  });
  expect((await cacheCluster(client, 'cache')).CacheClusterStatus).toBe('available');
});

it('a reboot restarts the process with its data', async () => {
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir);
  const { client } = local;
  await client.createCacheCluster(smallCache);
  await cacheAvailable(client, 'cache');
  await using node = await enter(client, 'cache');
  await node.command('SET', 'greeting', 'hello');
  const before = await info(node, 'process_id');
  const { CacheCluster: rebooting } = await client.rebootCacheCluster({
    CacheClusterId: 'cache',
    CacheNodeIdsToReboot: ['0001'],
  });
  expect(rebooting).toMatchObject({ CacheClusterStatus: 'rebooting cluster nodes' });
  await cacheAvailable(client, 'cache');
  await using again = await enter(client, 'cache');
  expect(await info(again, 'process_id')).not.toBe(before);
  expect(await again.command('GET', 'greeting')).toBe('hello');
  expect((await cacheEvents(client, 'cache')).slice(3)).toEqual([
    'Cache node 0001 shutdown',
    'Cache node 0001 restarted',
  ]);
});

it('snapshots of a cache cluster are made by hand, each day and at its end, and restored into others', async () => {
  const clock = { time: new Date('2026-01-31T12:00:00Z') };
  await using fleet = await startFleet();
  await using local = await startElastiCache(fleet, fleet.dataDir, undefined, { now: () => clock.time, tickMs: 50 });
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, SnapshotRetentionLimit: 1, SnapshotWindow: '03:00-04:00' });
  await cacheAvailable(client, 'cache');
  await using node = await enter(client, 'cache');
  await node.command('SET', 'greeting', 'hello');
  const { Snapshot: byHand } = await client.createSnapshot({ CacheClusterId: 'cache', SnapshotName: 'hand' });
  expect(byHand).toMatchObject({ CacheClusterId: 'cache', SnapshotSource: 'manual' });
  expect(byHand!.ReplicationGroupId).toBeUndefined();
  await cacheAvailable(client, 'cache');
  clock.time = new Date('2026-02-01T03:30:00Z');
  const automatic = 'automatic.cache-2026-02-01-03-30';
  await eventually(async () => {
    const { Snapshots: [one] = [] } = await client.describeSnapshots({ SnapshotName: automatic });
    expect(one).toMatchObject({ SnapshotStatus: 'available', CacheClusterId: 'cache', SnapshotSource: 'automated' });
  });
  await cacheAvailable(client, 'cache');
  await node.command('SET', 'greeting', 'bye');
  const { CacheCluster: deleted } = await client.deleteCacheCluster({
    CacheClusterId: 'cache',
    FinalSnapshotIdentifier: 'last',
  });
  expect(deleted).toMatchObject({ CacheClusterStatus: 'deleting' });
  await cacheDeleted(client, 'cache');
  const { Snapshots = [] } = await client.describeSnapshots({ CacheClusterId: 'cache', SnapshotSource: 'user' });
  expect(Snapshots.map(({ SnapshotName }) => SnapshotName)).toEqual(['hand', 'last']);
  await eventually(() =>
    expect(client.describeSnapshots({ SnapshotName: automatic })).rejects.toMatchObject({
      name: 'SnapshotNotFoundFault',
    }),
  );

  await client.createCacheCluster({ CacheClusterId: 'early', SnapshotName: 'hand' });
  await client.createReplicationGroup({
    ReplicationGroupId: 'late',
    ReplicationGroupDescription: 'Late',
    SnapshotName: 'last',
  });
  await cacheAvailable(client, 'early');
  expect(await cacheCluster(client, 'early')).toMatchObject({ Engine: 'redis', CacheNodeType: 'cache.t3.small' });
  await groupStatusBecomes(client, 'late', 'available');
  await using early = await enter(client, 'early');
  expect(await early.command('GET', 'greeting')).toBe('hello');
  await using late = await enter(client, 'late-001');
  expect(await late.command('GET', 'greeting')).toBe('bye');
});

it('a cluster becomes a primary without a restart, gets a replica, and keeps both after a restart of the endpoint', async () => {
  await using fleet = await startFleet();
  await using first = await startElastiCache(fleet, fleet.dataDir);
  const { client } = first;
  await client.createCacheCluster(smallCache);
  await cacheAvailable(client, 'cache');
  const before = await addressOf(client, 'cache');
  await using node = await openAdmin(before);
  await node.command('SET', 'greeting', 'hello');
  await client.createReplicationGroup({
    ReplicationGroupId: 'grown',
    ReplicationGroupDescription: 'Grown',
    PrimaryClusterId: 'cache',
  });
  await groupStatusBecomes(client, 'grown', 'available');
  await client.createCacheCluster({ CacheClusterId: 'reader', ReplicationGroupId: 'grown' });
  await cacheAvailable(client, 'reader');
  // The client is still connected.
  expect(await node.command('SET', 'more', '1')).toBe('OK');
  await replicatedTo(1, node);
  await using reader = await enter(client, 'reader');
  expect(await reader.command('GET', 'greeting')).toBe('hello');
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  expect(group!.NodeGroups![0]!.PrimaryEndpoint).toEqual({ Address: before.host, Port: before.port });
  await first.stop();

  await using second = await startElastiCache(fleet, fleet.dataDir);
  await groupStatusBecomes(second.client, 'grown', 'available');
  expect(await addressOf(second.client, 'cache')).toEqual(before);
  await using again = await enter(second.client, 'reader');
  expect(await again.command('GET', 'more')).toBe('1');
  await second.client.deleteReplicationGroup({ ReplicationGroupId: 'grown' });
  await groupStatusBecomes(second.client, 'grown', undefined);
  await expect(access(join(fleet.dataDir, 'nodes', 'cache-cluster--cache'))).rejects.toThrow('ENOENT');
});
