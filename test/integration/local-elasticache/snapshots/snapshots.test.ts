import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import {
  groupStatus,
  groupStatusBecomes,
  smallGroup,
  startElastiCache,
} from '../../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../../helpers/run/eventually.js';

const ofOrders = { ReplicationGroupId: 'orders' };
const sharded = { ...smallGroup, NumNodeGroups: 2, ReplicasPerNodeGroup: 1 };

async function snapshotStatuses(client: ElastiCache): Promise<Record<string, string | undefined>> {
  const { Snapshots = [] } = await client.describeSnapshots();
  return Object.fromEntries(Snapshots.map(({ SnapshotName, SnapshotStatus }) => [SnapshotName!, SnapshotStatus]));
}

async function snapshotsBecome(client: ElastiCache, expected: Record<string, string>): Promise<void> {
  await eventually(async () => expect(await snapshotStatuses(client)).toEqual(expected));
}

async function messages(client: ElastiCache): Promise<(string | undefined)[]> {
  const { Events = [] } = await client.describeEvents();
  return Events.map(({ Message }) => Message);
}

it('makes one file for each shard, and describes it', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  await client.createReplicationGroup(sharded);
  await groupStatusBecomes(client, 'orders', 'available');

  const release = fleet.hold();
  const { Snapshot: begun } = await client.createSnapshot({ ...ofOrders, SnapshotName: 'First' });
  expect(begun).toMatchObject({ SnapshotName: 'first', SnapshotStatus: 'creating', SnapshotSource: 'manual' });
  expect(await groupStatus(client, 'orders')).toBe('snapshotting');
  const { CacheClusters = [] } = await client.describeCacheClusters();
  expect(CacheClusters[0]!.CacheClusterStatus).toBe('snapshotting');
  const changes = [
    client.createSnapshot({ ...ofOrders, SnapshotName: 'second' }),
    client.deleteReplicationGroup(ofOrders),
  ];
  for (const change of changes) await expect(change).rejects.toMatchObject({ Code: 'InvalidReplicationGroupState' });
  await expect(client.deleteSnapshot({ SnapshotName: 'first' })).rejects.toMatchObject({
    Code: 'InvalidSnapshotState',
  });
  release();
  await snapshotsBecome(client, { first: 'available' });
  expect(await groupStatus(client, 'orders')).toBe('available');

  const { Snapshots: [snapshot] = [] } = await client.describeSnapshots({
    SnapshotName: 'FIRST',
    ShowNodeGroupConfig: true,
  });
  expect(snapshot).toMatchObject({
    ...ofOrders,
    ARN: 'arn:aws:elasticache:us-east-1:000000000000:snapshot:first',
    CacheNodeType: 'cache.t3.small',
    Engine: 'valkey',
    NumNodeGroups: 2,
    SnapshotRetentionLimit: 0,
    NodeSnapshots: [
      {
        CacheClusterId: 'orders-0001-002',
        NodeGroupId: '0001',
        CacheSize: '1 MB',
        NodeGroupConfiguration: { Slots: '0-8191', ReplicaCount: 1 },
      },
      { CacheClusterId: 'orders-0002-002', NodeGroupConfiguration: { Slots: '8192-16383' } },
    ],
  });
  expect(snapshot!.NodeSnapshots![0]!.SnapshotCreateTime).toBeInstanceOf(Date);
  expect(await messages(client)).toContain(
    "Snapshot succeeded for snapshot with ID 'first' of replication group with ID 'orders'",
  );
  const [folder] = await readdir(join(local.dataDir, 'snapshots'));
  expect((await readdir(join(local.dataDir, 'snapshots', folder!))).sort()).toEqual(['0001.rdb', '0002.rdb']);
});

it('copies, tags and deletes snapshots', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  const Tags = [{ Key: 'team', Value: 'a' }];
  await client.createSnapshot({ CacheClusterId: 'orders-001', SnapshotName: 'first', Tags });
  await snapshotsBecome(client, { first: 'available' });

  const copy = { SourceSnapshotName: 'first', TargetSnapshotName: 'second' };
  await expect(client.copySnapshot({ ...copy, TargetBucket: 'bucket' })).rejects.toThrow(/TargetBucket/);
  await expect(client.copySnapshot({ ...copy, TargetSnapshotName: 'first' })).rejects.toMatchObject({
    Code: 'SnapshotAlreadyExistsFault',
  });
  await expect(client.copySnapshot({ ...copy, SourceSnapshotName: 'none' })).rejects.toMatchObject({
    Code: 'SnapshotNotFoundFault',
  });
  const { Snapshot } = await client.copySnapshot(copy);
  expect(Snapshot).toMatchObject({ SnapshotName: 'second', SnapshotStatus: 'creating', CacheClusterId: 'orders-001' });
  await snapshotsBecome(client, { first: 'available', second: 'available' });
  expect((await client.listTagsForResource({ ResourceName: Snapshot!.ARN })).TagList).toEqual(Tags);

  await client.deleteSnapshot({ SnapshotName: 'first' });
  await snapshotsBecome(client, { second: 'available' });
  expect(await readdir(join(local.dataDir, 'snapshots'))).toHaveLength(1);
});

it('names the parameter that holds the wrong name of a snapshot', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  await client.createSnapshot({ ...ofOrders, SnapshotName: 'first' });
  await snapshotsBecome(client, { first: 'available' });
  await groupStatusBecomes(client, 'orders', 'available');
  await expect(client.copySnapshot({ SourceSnapshotName: 'first', TargetSnapshotName: 'a_b' })).rejects.toThrow(
    'The parameter TargetSnapshotName is not a valid identifier.',
  );
  await expect(client.deleteReplicationGroup({ ...ofOrders, FinalSnapshotIdentifier: 'a_b' })).rejects.toThrow(
    'The parameter FinalSnapshotIdentifier is not a valid identifier.',
  );
});

it('filters and pages snapshots, and refuses what AWS refuses', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  const none = { ReplicationGroupId: 'none' };
  for (const [request, code] of [
    [client.describeSnapshots({ SnapshotName: 'none' }), 'SnapshotNotFoundFault'],
    [client.describeSnapshots({ CacheClusterId: 'none' }), 'CacheClusterNotFound'],
    [client.describeSnapshots(none), 'CacheClusterNotFound'],
    [client.describeSnapshots({ ...ofOrders, CacheClusterId: 'orders-001' }), 'InvalidParameterCombination'],
    [client.describeSnapshots({ MaxRecords: 51 }), 'InvalidParameterValue'],
    [client.describeSnapshots({ SnapshotSource: 'else' }), 'InvalidParameterValue'],
    [client.createSnapshot({ SnapshotName: 's' }), 'InvalidParameterCombination'],
    [client.createSnapshot({ SnapshotName: 's', ...none }), 'ReplicationGroupNotFoundFault'],
    [client.createSnapshot({ SnapshotName: 's', CacheClusterId: 'none' }), 'CacheClusterNotFound'],
    [client.createSnapshot({ SnapshotName: 'a--b', ...ofOrders }), 'InvalidParameterValue'],
    [client.deleteSnapshot({ SnapshotName: 'none' }), 'SnapshotNotFoundFault'],
    [client.createReplicationGroup({ ...smallGroup, SnapshotName: 'none' }), 'SnapshotNotFoundFault'],
    [client.createReplicationGroup({ ...smallGroup, SnapshotArns: ['arn:aws:s3:::b/k'] }), 'InvalidParameterValue'],
    [client.exportServerlessCacheSnapshot({ ServerlessCacheSnapshotName: 's', S3BucketName: 'b' }), 'NotImplemented'],
  ] as const) {
    await expect(request).rejects.toMatchObject({ Code: code });
  }
  for (let number = 10; number < 32; number += 1) {
    await client.createSnapshot({ ...ofOrders, SnapshotName: `s-${number}` });
    await groupStatusBecomes(client, 'orders', 'available');
  }
  const first = await client.describeSnapshots({ MaxRecords: 20, ...ofOrders });
  expect(first.Snapshots).toHaveLength(20);
  const second = await client.describeSnapshots({ Marker: first.Marker, SnapshotSource: 'user' });
  expect(second.Snapshots!.map(({ SnapshotName }) => SnapshotName)).toEqual(['s-30', 's-31']);
  expect((await client.describeSnapshots({ SnapshotSource: 'system' })).Snapshots).toEqual([]);
});

it('keeps the group available when a snapshot fails, and says why', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  await client.createReplicationGroup(smallGroup);
  await groupStatusBecomes(client, 'orders', 'available');
  fleet.failNextStart('No space.');
  await client.createSnapshot({ ...ofOrders, SnapshotName: 'first' });
  await snapshotsBecome(client, { first: 'failed' });
  expect(await groupStatus(client, 'orders')).toBe('available');
  expect(await messages(client)).toEqual(
    expect.arrayContaining([
      "Snapshot failed for snapshot with ID 'first' of replication group with ID 'orders'",
      'Snapshot first failed: No space.',
    ]),
  );
  expect(await readdir(join(local.dataDir, 'snapshots'))).toEqual([]);

  fleet.failNextStart('No space.');
  await client.deleteReplicationGroup({ ...ofOrders, FinalSnapshotIdentifier: 'final' });
  await snapshotsBecome(client, { first: 'failed', final: 'failed' });
  expect(await groupStatus(client, 'orders')).toBe('available');
  await client.deleteSnapshot({ SnapshotName: 'final' });
  await snapshotsBecome(client, { first: 'failed' });

  await client.deleteReplicationGroup({ ...ofOrders, FinalSnapshotIdentifier: 'final' });
  await groupStatusBecomes(client, 'orders', undefined);
  expect(await snapshotStatuses(client)).toEqual({ first: 'failed', final: 'available' });
  const { Snapshots = [] } = await client.describeSnapshots(ofOrders);
  expect(Snapshots).toHaveLength(2);
});

it('removes at the next start a snapshot that was interrupted, and keeps its group', async () => {
  const fleet = createFakeFleet();
  await using first = await startElastiCache(fleet);
  await first.client.createReplicationGroup(smallGroup);
  await first.client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'other' });
  for (const id of ['orders', 'other']) await groupStatusBecomes(first.client, id, 'available');
  await first.client.createSnapshot({ ...ofOrders, SnapshotName: 'complete' });
  await snapshotsBecome(first.client, { complete: 'available' });
  fleet.hold();
  await first.client.createSnapshot({ ...ofOrders, SnapshotName: 'partial' });
  await first.client.deleteReplicationGroup({ ReplicationGroupId: 'other', FinalSnapshotIdentifier: 'final' });
  await first.stop();
  await writeFile(join(first.dataDir, 'snapshots', 'left-behind'), '');

  await using second = await startElastiCache(createFakeFleet(), first.dataDir);
  for (const id of ['orders', 'other']) await groupStatusBecomes(second.client, id, 'available');
  expect(await snapshotStatuses(second.client)).toEqual({ complete: 'available' });
  await eventually(async () => expect(await readdir(join(first.dataDir, 'snapshots'))).toHaveLength(1));
  expect(await messages(second.client)).toEqual(
    expect.arrayContaining([
      "Snapshot failed for snapshot with ID 'partial' of replication group with ID 'orders'",
      'Replication group other is kept: it has no final snapshot yet.',
    ]),
  );
  await rm(first.dataDir, { recursive: true, force: true });
});

it('makes automatic snapshots in the window, and deletes them after the retention and with the group', async () => {
  let now = new Date('2026-03-01T22:59:00Z');
  await using local = await startElastiCache(createFakeFleet(), undefined, undefined, { now: () => now, tickMs: 5 });
  const { client } = local;
  await client.createReplicationGroup({ ...smallGroup, SnapshotRetentionLimit: 1, SnapshotWindow: '23:00-00:30' });
  await client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'without', SnapshotWindow: '23:00-00:30' });
  for (const id of ['orders', 'without']) await groupStatusBecomes(client, id, 'available');
  expect(await snapshotStatuses(client)).toEqual({});

  now = new Date('2026-03-02T00:10:00Z');
  await snapshotsBecome(client, { 'automatic.orders-2026-03-02-00-10': 'available' });
  expect((await client.describeSnapshots({ SnapshotSource: 'system' })).Snapshots).toHaveLength(1);
  await client.createSnapshot({ ...ofOrders, SnapshotName: 'manual' });
  await snapshotsBecome(client, { 'automatic.orders-2026-03-02-00-10': 'available', manual: 'available' });

  now = new Date('2026-03-03T00:11:00Z');
  await snapshotsBecome(client, { 'automatic.orders-2026-03-03-00-11': 'available', manual: 'available' });
  await client.deleteReplicationGroup(ofOrders);
  await snapshotsBecome(client, { manual: 'available' });
});

it('starts a group from a snapshot with its shards, engine and node type', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  await client.createReplicationGroup({ ...sharded, EngineVersion: '8.1' });
  await groupStatusBecomes(client, 'orders', 'available');
  await client.createSnapshot({ ...ofOrders, SnapshotName: 'first' });
  await snapshotsBecome(client, { first: 'available' });
  const restored = { ReplicationGroupId: 'restored', ReplicationGroupDescription: 'r', SnapshotName: 'first' };
  await expect(client.createReplicationGroup({ ...restored, EngineVersion: '8.0' })).rejects.toMatchObject({
    Code: 'InvalidParameterCombination',
  });

  const release = fleet.hold();
  await client.createReplicationGroup(restored);
  expect(await snapshotStatuses(client)).toEqual({ first: 'restoring' });
  await expect(client.deleteSnapshot({ SnapshotName: 'first' })).rejects.toMatchObject({
    Code: 'InvalidSnapshotState',
  });
  release();
  await groupStatusBecomes(client, 'restored', 'available');
  expect(await snapshotStatuses(client)).toEqual({ first: 'available' });
  const { spec } = fleet.running.get('restored')!;
  expect(spec.restore!.map(({ slots }) => slots)).toEqual(['0-8191', '8192-16383']);
  expect(spec.shards.map(({ nodes }) => nodes.length)).toEqual([2, 2]);
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({
    ReplicationGroupId: 'restored',
  });
  expect(group).toMatchObject({ ClusterEnabled: true, CacheNodeType: 'cache.t3.small', Engine: 'valkey' });
  const { CacheClusters: [node] = [] } = await client.describeCacheClusters({ CacheClusterId: 'restored-0001-001' });
  expect(node!.EngineVersion).toMatch(/^8\.1/);
});
