import { rm } from 'node:fs/promises';
import type { CacheCluster, ElastiCache, ReplicationGroup } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../../helpers/run/eventually.js';

const ReplicationGroupId = 'orders';
/** A Wednesday. */
const wednesday = (time: string): Date => new Date(`2026-03-04T${time}:00Z`);

/** An endpoint with the group `orders`, whose window is open on Wednesdays from 3 to 4 o'clock. */
async function startGroup(change: object = {}) {
  let now = wednesday('02:59');
  const fleet = createFakeFleet();
  const local = await startElastiCache(fleet, undefined, undefined, { now: () => now, tickMs: 5 });
  const { client } = local;
  await client.createReplicationGroup({
    ...smallGroup,
    EngineVersion: '7.2',
    NumCacheClusters: 2,
    PreferredMaintenanceWindow: 'wed:03:00-wed:04:00',
    SnapshotWindow: '05:00-06:00',
    ...change,
  });
  await groupStatusBecomes(client, ReplicationGroupId, 'available');
  return {
    client,
    fleet,
    dataDir: local.dataDir,
    stop: () => local.stop(),
    setTime: (time: Date) => (now = time),
    modify: async (modification: object) =>
      (await client.modifyReplicationGroup({ ReplicationGroupId, ...modification })).ReplicationGroup!,
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}

async function read(client: ElastiCache): Promise<{ group: ReplicationGroup; nodes: CacheCluster[] }> {
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
  const { CacheClusters: nodes = [] } = await client.describeCacheClusters();
  return { group: group!, nodes };
}

async function messagesOf(client: ElastiCache, SourceIdentifier: string): Promise<(string | undefined)[]> {
  const { Events = [] } = await client.describeEvents({ SourceIdentifier, SourceType: 'cache-cluster' });
  return Events.map(({ Message }) => Message);
}

const large = { CacheNodeType: 'cache.m7g.large' };

describe('a change of the nodes without ApplyImmediately', () => {
  it('waits, is described of each node, and begins with the maintenance window', async () => {
    await using local = await startGroup();
    const { client, fleet } = local;
    const answer = await local.modify({ ...large, EngineVersion: '8.1', ReplicationGroupDescription: 'Changed' });
    // The description does not wait.
    expect(answer).toMatchObject({ Status: 'modifying', Description: 'Changed', CacheNodeType: 'cache.t3.small' });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const waiting = await read(client);
    expect(waiting.group).toMatchObject({ Status: 'available', CacheNodeType: 'cache.t3.small' });
    expect(waiting.nodes).toHaveLength(2);
    for (const node of waiting.nodes) {
      expect(node).toMatchObject({
        CacheNodeType: 'cache.t3.small',
        EngineVersion: '7.2',
        CacheClusterStatus: 'available',
        CacheParameterGroup: { CacheParameterGroupName: 'default.valkey7' },
        PendingModifiedValues: { CacheNodeType: 'cache.m7g.large', EngineVersion: '8.1' },
      });
    }
    const maxmemory = (): number => Number(fleet.running.get(ReplicationGroupId)!.settings['maxmemory']);
    expect(maxmemory()).toBe(1_103_269_724);

    const release = fleet.hold();
    local.setTime(wednesday('03:00'));
    await groupStatusBecomes(client, ReplicationGroupId, 'modifying');
    const applying = await read(client);
    expect(applying.nodes.map(({ CacheClusterStatus }) => CacheClusterStatus)).toEqual(['modifying', 'modifying']);
    expect(applying.nodes[0]).toMatchObject({
      EngineVersion: '7.2',
      PendingModifiedValues: { CacheNodeType: 'cache.m7g.large', EngineVersion: '8.1' },
    });
    release();
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const after = await read(client);
    expect(after.group.CacheNodeType).toBe('cache.m7g.large');
    for (const node of after.nodes) {
      expect(node).toMatchObject({
        CacheNodeType: 'cache.m7g.large',
        EngineVersion: '8.1',
        CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
        PendingModifiedValues: {},
      });
    }
    expect(maxmemory()).toBeGreaterThan(5_000_000_000);
    expect((await messagesOf(client, 'orders-002')).slice(3)).toEqual([
      'Applying modification to cache node type to cache.m7g.large.',
      'Succeeded applying modification to cache node type to cache.m7g.large.',
      'Upgraded to valkey 8.1',
      'Updated to use a CacheParameterGroup default.valkey8',
    ]);
  });

  it('survives restarts: a window that was missed is not made up for, one that is open at the start is used', async () => {
    const first = await startGroup();
    await first.modify(large);
    await first.stop();

    let now = wednesday('04:00');
    const clock = { now: () => now, tickMs: 5 };
    {
      await using second = await startElastiCache(createFakeFleet(), first.dataDir, undefined, clock);
      await groupStatusBecomes(second.client, ReplicationGroupId, 'available');
      const { group, nodes } = await read(second.client);
      expect(group.CacheNodeType).toBe('cache.t3.small');
      expect(nodes[0]!.PendingModifiedValues).toEqual({ CacheNodeType: 'cache.m7g.large' });
    }
    now = new Date('2026-03-11T03:30:00Z');
    {
      await using third = await startElastiCache(createFakeFleet(), first.dataDir, undefined, clock);
      await eventually(async () => {
        expect((await read(third.client)).group).toMatchObject({
          Status: 'available',
          CacheNodeType: 'cache.m7g.large',
        });
      });
    }
    await rm(first.dataDir, { recursive: true, force: true });
  });

  it('is applied by the next immediate change, whatever that changes', async () => {
    await using local = await startGroup();
    await local.modify({ EngineVersion: '8.0' });
    expect((await local.modify({ ...large, ApplyImmediately: false })).Status).toBe('available');
    expect(await local.modify({ ReplicationGroupDescription: 'Now', ApplyImmediately: true })).toMatchObject({
      Status: 'modifying',
    });
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    const { group, nodes } = await read(local.client);
    expect(group).toMatchObject({ Description: 'Now', CacheNodeType: 'cache.m7g.large' });
    expect(nodes[0]).toMatchObject({ EngineVersion: '8.0', PendingModifiedValues: {} });
  });

  it('replaces an earlier one of the same value, and is cancelled by the current value', async () => {
    await using local = await startGroup();
    const pending = async () => (await read(local.client)).nodes[0]!.PendingModifiedValues;
    await local.modify({ ...large, EngineVersion: '8.0' });
    await local.modify({ CacheNodeType: 'cache.r7g.large' });
    expect(await pending()).toEqual({ CacheNodeType: 'cache.r7g.large', EngineVersion: '8.0' });
    await local.modify({ EngineVersion: '8.1' });
    expect(await pending()).toEqual({ CacheNodeType: 'cache.r7g.large', EngineVersion: '8.1' });
    await local.modify({ CacheNodeType: 'cache.t3.small' });
    expect(await pending()).toEqual({ EngineVersion: '8.1' });
    await local.modify({ EngineVersion: '7.2' });
    expect(await pending()).toEqual({});
    local.setTime(wednesday('03:00'));
    await local.modify({ ...large, ApplyImmediately: true });
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    expect((await read(local.client)).nodes[0]).toMatchObject({ EngineVersion: '7.2', ...large });
  });

  it('keeps the parameter group of its engine version from being deleted', async () => {
    await using local = await startGroup();
    const group = { CacheParameterGroupName: 'tuned', CacheParameterGroupFamily: 'valkey8', Description: 'Tuned' };
    await local.client.createCacheParameterGroup(group);
    await local.modify({ EngineVersion: '8.0', CacheParameterGroupName: 'tuned' });
    await expect(local.client.deleteCacheParameterGroup({ CacheParameterGroupName: 'tuned' })).rejects.toMatchObject({
      Code: 'InvalidCacheParameterGroupState',
    });
    const { nodes } = await read(local.client);
    expect(nodes[0]!.CacheParameterGroup!.CacheParameterGroupName).toBe('default.valkey7');
    // A later version of the family keeps the group of the one that waits.
    await local.modify({ EngineVersion: '8.1', ApplyImmediately: true });
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    expect((await read(local.client)).nodes[0]).toMatchObject({
      EngineVersion: '8.1',
      CacheParameterGroup: { CacheParameterGroupName: 'tuned' },
    });
  });
});

it('a change of a cache cluster in no replication group waits too', async () => {
  let now = wednesday('02:59');
  await using local = await startElastiCache(createFakeFleet(), undefined, undefined, { now: () => now, tickMs: 5 });
  const { client } = local;
  const CacheClusterId = 'cache';
  const node = async (): Promise<CacheCluster> => (await client.describeCacheClusters()).CacheClusters![0]!;
  await client.createCacheCluster({
    ...{ CacheClusterId, Engine: 'redis', EngineVersion: '7.0', CacheNodeType: 'cache.t3.small', NumCacheNodes: 1 },
    ...{ PreferredMaintenanceWindow: 'wed:03:00-wed:04:00', SnapshotWindow: '05:00-06:00' },
  });
  await eventually(async () => expect((await node()).CacheClusterStatus).toBe('available'));
  const { CacheCluster: answer } = await client.modifyCacheCluster({ CacheClusterId, ...large, EngineVersion: '7.1' });
  expect(answer).toMatchObject({ CacheClusterStatus: 'available', EngineVersion: '7.0' });
  expect((await node()).PendingModifiedValues).toEqual({ CacheNodeType: 'cache.m7g.large', EngineVersion: '7.1' });
  now = wednesday('03:00');
  await eventually(async () => {
    expect(await node()).toMatchObject({ ...large, CacheClusterStatus: 'available', EngineVersion: '7.1' });
  });
  expect(await node()).toMatchObject({ PendingModifiedValues: {} });
  expect(await messagesOf(client, CacheClusterId)).toContain(
    'Succeeded applying modification to cache node type to cache.m7g.large.',
  );
});

describe('changes of the nodes', () => {
  it('that fail leave the group with the earlier values, and say so in its events', async () => {
    await using local = await startGroup();
    const { client, fleet } = local;
    fleet.failNextStart('the disk is full');
    await local.modify({ ...large, ApplyImmediately: true });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const { group, nodes } = await read(client);
    expect(group.CacheNodeType).toBe('cache.t3.small');
    expect(nodes[0]!.PendingModifiedValues).toEqual({});
    expect(fleet.running.get(ReplicationGroupId)!.settings['maxmemory']).toBe('1103269724');
    expect((await messagesOf(client, 'orders-001')).at(-1)).toBe(
      'Failed applying modification to cache node type to cache.m7g.large.',
    );
    const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.at(-1)!.Message).toBe('Modifying replication group orders failed: the disk is full');
  });

  it('that fail report the first failure, and the next start removes a temporary replica that could not be removed', async () => {
    const first = await startGroup({ NumCacheClusters: 1 });
    first.fleet.failNextStart('the disk is full');
    first.fleet.failReshapes('the replica is needed');
    await first.modify({ ...large, ApplyImmediately: true });
    await groupStatusBecomes(first.client, ReplicationGroupId, 'available');
    const { Events = [] } = await first.client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.at(-1)!.Message).toBe('Modifying replication group orders failed: the disk is full');
    expect((await read(first.client)).group.MemberClusters).toEqual(['orders-001', 'orders-002']);
    await first.stop();

    const fleet = createFakeFleet();
    await using second = await startElastiCache(fleet, first.dataDir);
    await groupStatusBecomes(second.client, ReplicationGroupId, 'available');
    expect((await read(second.client)).group.MemberClusters).toEqual(['orders-001']);
    expect(fleet.running.get(ReplicationGroupId)!.spec.shards[0]!.nodes).toHaveLength(1);
    await rm(first.dataDir, { recursive: true, force: true });
  });

  it('of a single node report the temporary replica that takes over, from its start to its end', async () => {
    await using local = await startGroup({ NumCacheClusters: 1 });
    const { client, fleet, modify } = local;
    const release = fleet.hold();
    await modify({ ...large, ApplyImmediately: true });
    fleet.emit(ReplicationGroupId, { type: 'node-added', nodeId: 'orders-002', message: 'Node orders-002 was added.' });
    fleet.emit(ReplicationGroupId, {
      type: 'failover',
      shardId: '0001',
      nodeId: 'orders-002',
      formerId: 'orders-001',
      message: '',
    });
    fleet.emit(ReplicationGroupId, {
      type: 'failover',
      shardId: '0001',
      nodeId: 'orders-001',
      formerId: 'orders-002',
      message: '',
    });
    fleet.emit(ReplicationGroupId, {
      type: 'node-removed',
      nodeId: 'orders-002',
      message: 'Node orders-002 was removed.',
    });
    release();
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const messages = await messagesOf(client, 'orders-002');
    expect(messages).toEqual([
      expect.stringMatching(/^Added cache node 0001 in availability zone us-east-1/),
      expect.stringMatching(/^Updated to use a CacheParameterGroup/),
      'Cache cluster created',
      'Failover from primary node orders-001 to replica node orders-002 completed',
      expect.stringMatching(/^Removed cache node 0001 in availability zone us-east-1/),
      'Cache cluster deleted',
    ]);
  });

  it('that were interrupted are complete after the next start', async () => {
    const first = await startGroup({ NumCacheClusters: 1 });
    first.fleet.hold();
    await first.modify({ ...large, EngineVersion: '8.0', ApplyImmediately: true });
    // The temporary replica is there until the end.
    expect((await read(first.client)).group.MemberClusters).toEqual(['orders-001', 'orders-002']);
    await eventually(() => expect(first.fleet.running.get(ReplicationGroupId)!.isReplacing).toBe(true));
    await first.stop();

    const fleet = createFakeFleet();
    await using second = await startElastiCache(fleet, first.dataDir);
    await groupStatusBecomes(second.client, ReplicationGroupId, 'available');
    const { group, nodes } = await read(second.client);
    expect(group).toMatchObject({ MemberClusters: ['orders-001'], CacheNodeType: 'cache.m7g.large' });
    expect(nodes[0]).toMatchObject({ EngineVersion: '8.0', PendingModifiedValues: {} });
    expect(Number(fleet.running.get(ReplicationGroupId)!.spec.settings['maxmemory'])).toBeGreaterThan(5_000_000_000);
    await rm(first.dataDir, { recursive: true, force: true });
  });

  it.each([
    { change: large, usedMemory: 1_000_000, nodeType: 'cache.m7g.large', outcome: 'are made after it if the data fit' },
    {
      ...{ change: { CacheNodeType: 'cache.t3.micro' }, usedMemory: 500_000_000, nodeType: 'cache.t3.small' },
      outcome: 'are given up after it if the data do not fit',
    },
  ])('that an end of the endpoint interrupted before their check $outcome', async (given) => {
    const first = await startGroup({ NumCacheClusters: 1 });
    await first.modify(given.change);
    first.fleet.holdChecks();
    first.setTime(wednesday('03:00'));
    await groupStatusBecomes(first.client, ReplicationGroupId, 'modifying');
    await first.stop();

    const fleet = createFakeFleet();
    const release = fleet.holdChecks();
    await using second = await startElastiCache(fleet, first.dataDir);
    await eventually(() => expect(fleet.running.get(ReplicationGroupId)).toBeDefined());
    // The nodes start with the values that they had.
    expect(fleet.running.get(ReplicationGroupId)!.settings['maxmemory']).toBe('1103269724');
    fleet.running.get(ReplicationGroupId)!.usedMemory = given.usedMemory;
    release();
    await groupStatusBecomes(second.client, ReplicationGroupId, 'available');
    const { group, nodes } = await read(second.client);
    expect(group).toMatchObject({ MemberClusters: ['orders-001'], CacheNodeType: given.nodeType });
    expect(nodes[0]).toMatchObject({ CacheNodeType: given.nodeType, PendingModifiedValues: {} });
    const maxmemory = Number(fleet.running.get(ReplicationGroupId)!.settings['maxmemory']);
    if (given.nodeType === 'cache.t3.small') expect(maxmemory).toBe(1_103_269_724);
    else expect(maxmemory).toBeGreaterThan(5_000_000_000);
    await rm(first.dataDir, { recursive: true, force: true });
  });

  it.each([
    [{ EngineVersion: '7.0' }, 'InvalidParameterCombination', 'Cannot find version 7.0 for valkey'],
    [
      { Engine: 'redis', EngineVersion: '7.1' },
      'InvalidParameterCombination',
      'Cannot modify valkey from 7.2 to redis 7.1.',
    ],
    [{ CacheNodeType: 'cache.t3.huge' }, 'InvalidParameterValue', 'Invalid cache node type.'],
    [{ CacheNodeType: 'cache.r6gd.xlarge' }, 'InvalidParameterCombination', 'which differs in data tiering'],
    [{ CacheNodeType: 'cache.t3.micro' }, 'InvalidParameterCombination', 'which has not enough memory for the data'],
    [
      { EngineVersion: '8.0', CacheParameterGroupName: 'default.valkey7' },
      'InvalidParameterCombination',
      'Expected a parameter group of family valkey8 but found one of family valkey7.',
    ],
  ])('that AWS refuses are refused now and later alike: %j', async (change, Code, message) => {
    await using local = await startGroup();
    local.fleet.running.get(ReplicationGroupId)!.usedMemory = 500_000_000;
    for (const ApplyImmediately of [true, false]) {
      await expect(local.modify({ ...change, ApplyImmediately })).rejects.toMatchObject({
        Code,
        message: expect.stringContaining(message) as string,
      });
    }
    const { group, nodes } = await read(local.client);
    expect(group.Status).toBe('available');
    expect(nodes[0]).toMatchObject({ EngineVersion: '7.2', PendingModifiedValues: {} });
    const allowed = await local.client.listAllowedNodeTypeModifications({ ReplicationGroupId });
    expect(allowed.ScaleDownModifications).not.toContain('cache.t3.micro');
    expect(allowed.ScaleUpModifications).toEqual(expect.arrayContaining(['cache.t4g.small', 'cache.t3.medium']));
  });

  it('to fewer databases than have keys fail before any node is changed', async () => {
    await using local = await startGroup();
    const few = { CacheParameterGroupName: 'few' };
    await local.client.createCacheParameterGroup({ ...few, CacheParameterGroupFamily: 'valkey8', Description: 'Few' });
    const ParameterNameValues = [{ ParameterName: 'databases', ParameterValue: '4' }];
    await local.client.modifyCacheParameterGroup({ ...few, ParameterNameValues });
    local.fleet.running.get(ReplicationGroupId)!.usedDatabases = 10;
    await local.modify({ EngineVersion: '8.0', ...few, ApplyImmediately: true });
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    const { Events = [] } = await local.client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.at(-1)!.Message).toBe('Modifying replication group orders failed: Keys are in 10 databases.');
    expect(local.fleet.running.get(ReplicationGroupId)!.isReplacing).toBe(false);
    expect((await read(local.client)).nodes[0]).toMatchObject({ EngineVersion: '7.2', PendingModifiedValues: {} });
  });

  it('of the type are refused while no node answers, because the data may not fit', async () => {
    await using local = await startGroup();
    local.fleet.running.get(ReplicationGroupId)!.usedMemory = undefined;
    const refused = { Code: 'InvalidReplicationGroupState', message: expect.stringContaining('No node') as string };
    await expect(local.modify({ ...large, ApplyImmediately: true })).rejects.toMatchObject(refused);
    await expect(local.client.listAllowedNodeTypeModifications({ ReplicationGroupId })).rejects.toMatchObject(refused);
    const { group } = await read(local.client);
    expect(group).toMatchObject({ Status: 'available', CacheNodeType: 'cache.t3.small' });
  });

  it('to a type that has become too small by the window are given up, and nothing changes', async () => {
    await using local = await startGroup();
    await local.modify({ CacheNodeType: 'cache.t3.micro' });
    local.fleet.running.get(ReplicationGroupId)!.usedMemory = 500_000_000;
    local.setTime(wednesday('03:10'));
    await eventually(async () => {
      expect((await messagesOf(local.client, 'orders-001')).at(-1)).toBe(
        'Failed applying modification to cache node type to cache.t3.micro.',
      );
    });
    const { group, nodes } = await read(local.client);
    expect(group.CacheNodeType).toBe('cache.t3.small');
    expect(nodes[0]!.PendingModifiedValues).toEqual({});
  });
});
