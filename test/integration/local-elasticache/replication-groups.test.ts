import {
  ReplicationGroupAlreadyExistsFault,
  ReplicationGroupNotFoundFault,
  waitUntilReplicationGroupAvailable,
  waitUntilReplicationGroupDeleted,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import {
  groupStatus,
  groupStatusBecomes,
  smallGroup,
  startElastiCache,
} from '../../helpers/elasticache/local-elasticache.js';

const ReplicationGroupId = 'orders';

describe('replication groups', () => {
  it('are creating at once, and available to a waiter as soon as the nodes are', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    const release = fleet.hold();
    const created = await client.createReplicationGroup({
      ...smallGroup,
      ReplicationGroupId: 'Orders',
      NumCacheClusters: 3,
      AutomaticFailoverEnabled: true,
    });
    expect(created.ReplicationGroup).toMatchObject({
      ReplicationGroupId,
      Status: 'creating',
      MemberClusters: ['orders-001', 'orders-002', 'orders-003'],
    });
    const waiting = waitUntilReplicationGroupAvailable({ client, maxWaitTime: 20 }, { ReplicationGroupId });
    release();
    expect((await waiting).state).toBe('SUCCESS');

    const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({
      ReplicationGroupId: 'ORDERS',
    });
    const [shard] = group!.NodeGroups!;
    expect(shard).toMatchObject({ NodeGroupId: '0001', Status: 'available' });
    expect(shard!.PrimaryEndpoint!.Port).not.toBe(shard!.ReaderEndpoint!.Port);
    expect(shard!.NodeGroupMembers!.map(({ CurrentRole }) => CurrentRole)).toEqual(['primary', 'replica', 'replica']);
    expect(group).toMatchObject({
      ClusterEnabled: false,
      AutomaticFailover: 'enabled',
      ARN: 'arn:aws:elasticache:us-east-1:000000000000:replicationgroup:orders',
    });
    const { CacheClusters = [] } = await client.describeCacheClusters({ ShowCacheNodeInfo: true });
    const ports = CacheClusters.map(({ CacheNodes }) => CacheNodes![0]!.Endpoint!.Port);
    expect(new Set(ports).size).toBe(3);
  });

  it('have shards with slots and a configuration endpoint in cluster mode', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await local.client.createReplicationGroup({
      ...smallGroup,
      EngineVersion: '7.2',
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      CacheParameterGroupName: 'default.valkey7.2.cluster.on',
    });
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    const { ReplicationGroups: [group] = [] } = await local.client.describeReplicationGroups();
    expect(group).toMatchObject({
      ClusterEnabled: true,
      ClusterMode: 'enabled',
      AutomaticFailover: 'enabled',
      MemberClusters: ['orders-0001-001', 'orders-0001-002', 'orders-0002-001', 'orders-0002-002'],
    });
    expect(group!.ConfigurationEndpoint!.Port).toBeGreaterThan(0);
    expect(group!.NodeGroups!.map(({ Slots }) => Slots)).toEqual(['0-8191', '8192-16383']);
    expect(group!.NodeGroups![0]!.NodeGroupMembers![0]).not.toHaveProperty('CurrentRole');
  });

  it('are deleting at once, and not found by a waiter once gone', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    await client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const release = fleet.hold();
    const answer = await client.deleteReplicationGroup({ ReplicationGroupId });
    expect(answer.ReplicationGroup?.Status).toBe('deleting');
    expect(await groupStatus(client, ReplicationGroupId)).toBe('deleting');
    const waiting = waitUntilReplicationGroupDeleted({ client, maxWaitTime: 20 }, { ReplicationGroupId });
    release();
    expect((await waiting).state).toBe('SUCCESS');
    await expect(client.describeReplicationGroups({ ReplicationGroupId })).rejects.toBeInstanceOf(
      ReplicationGroupNotFoundFault,
    );
    expect(fleet.running.size).toBe(0);
  });

  it('that cannot start are create-failed with an event that gives the reason, and can be deleted', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const { client } = local;
    fleet.failNextStart('no port is free');
    await client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(client, ReplicationGroupId, 'create-failed');
    const { Events = [] } = await client.describeEvents({
      SourceType: 'replication-group',
      SourceIdentifier: ReplicationGroupId,
    });
    expect(Events.map(({ Message }) => Message)).toEqual([
      'Failed to create replication group orders: no port is free',
    ]);
    await client.deleteReplicationGroup({ ReplicationGroupId });
    await groupStatusBecomes(client, ReplicationGroupId, undefined);
    expect(fleet.forgotten).toEqual([ReplicationGroupId]);
  });

  it('fail over on request and then show the new primary', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2, AutomaticFailoverEnabled: true });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    await expect(client.testFailover({ ReplicationGroupId, NodeGroupId: '0009' })).rejects.toMatchObject({
      name: 'NodeGroupNotFoundFault',
    });
    await client.testFailover({ ReplicationGroupId, NodeGroupId: '0001' });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups();
    const roles = group!.NodeGroups![0]!.NodeGroupMembers!.map(({ CurrentRole }) => CurrentRole);
    expect(roles).toEqual(['replica', 'primary']);
  });

  it('report in their events what happens to their nodes', async () => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    await local.client.createReplicationGroup(smallGroup);
    await groupStatusBecomes(local.client, ReplicationGroupId, 'available');
    fleet.emit(ReplicationGroupId, { type: 'node-down', nodeId: 'orders-001', message: 'Node orders-001 is down.' });
    await eventually(async () => {
      const { Events = [] } = await local.client.describeEvents({ SourceType: 'cache-cluster' });
      expect(Events.map(({ Message }) => Message)).toEqual([
        'Added cache node 0001 in availability zone us-east-1a',
        'Updated to use a CacheParameterGroup default.valkey8',
        'Cache cluster created',
        'Node orders-001 is down.',
        'Recovering cache nodes 0001',
      ]);
    });
  });

  it('accept supported modifications and refuse others', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createReplicationGroup({ ...smallGroup, EngineVersion: '7.2', NumCacheClusters: 2 });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const modify = (change: object) =>
      client.modifyReplicationGroup({ ReplicationGroupId, ApplyImmediately: true, ...change });
    const answer = await modify({ EngineVersion: '8.0', AutomaticFailoverEnabled: true, SnapshotRetentionLimit: 7 });
    expect(answer.ReplicationGroup?.Status).toBe('modifying');
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const { CacheClusters: [node] = [] } = await client.describeCacheClusters();
    expect(node).toMatchObject({
      EngineVersion: '8.0',
      SnapshotRetentionLimit: 7,
      CacheParameterGroup: { CacheParameterGroupName: 'default.valkey8' },
    });
    await expect(modify({})).rejects.toThrow('No modifications were requested.');
    await expect(modify({ EngineVersion: '7.2' })).rejects.toThrow('Cannot modify valkey from 8.0 to 7.2.');
    await expect(modify({ TransitEncryptionEnabled: true })).rejects.toThrow(/encryption in transit/);
    await expect(modify({ ClusterMode: 'enabled' })).rejects.toThrow(/cluster mode/);
    await expect(modify({ UserGroupIdsToAdd: ['nope'] })).rejects.toMatchObject({ name: 'UserGroupNotFoundFault' });
  });

  it.each([
    [{ ReplicationGroupId: 'a--b' }, 'InvalidParameterValue', /ReplicationGroupId/],
    [{ EngineVersion: '6.0' }, 'InvalidParameterCombination', /Cannot find version 6.0 for valkey/],
    [{ CacheNodeType: 'cache.t3.huge' }, 'InvalidParameterValue', /node type/],
    [{ NumCacheClusters: 7 }, 'InvalidParameterValue', /replicas per node group must be within 0 and 5\./],
    [{ AutomaticFailoverEnabled: true }, 'InvalidParameterCombination', /there must be at least 2 cache clusters/],
    [{ UserGroupIds: ['nope'] }, 'UserGroupNotFound', /nope/],
    [{ CacheSubnetGroupName: 'nope' }, 'CacheSubnetGroupNotFoundFault', /nope/],
    [{ CacheParameterGroupName: 'nope' }, 'CacheParameterGroupNotFound', /nope/],
    [{ CacheParameterGroupName: 'default.valkey7' }, 'InvalidParameterCombination', /one of family valkey7/],
    [{ NumNodeGroups: 2, CacheParameterGroupName: 'default.valkey8' }, 'InvalidParameterCombination', /cluster mode/],
    [{ NumNodeGroups: 2, AutomaticFailoverEnabled: false }, 'InvalidParameterCombination', /failover/],
    [{ AuthToken: 'canary-abcdefgh12345678' }, 'InvalidParameterCombination', /encryption-in-transit/],
    [{ AuthToken: '', TransitEncryptionEnabled: true }, 'InvalidParameterValue', /^Invalid AuthToken provided/],
    [{ SnapshotArns: ['arn:aws:s3:::bucket/key'] }, 'InvalidParameterValue', /SnapshotArns is not supported/],
    [
      { NodeGroupConfiguration: [{ Slots: '0-1' }, { Slots: '3-16383' }] },
      'InvalidParameterValue',
      /slot 2 is missing/,
    ],
  ])('are not created by %j', async (change, code, message) => {
    const fleet = createFakeFleet();
    await using local = await startElastiCache(fleet);
    const creating = local.client.createReplicationGroup({ ...smallGroup, ...change });
    await expect(creating).rejects.toMatchObject({ Code: code, message: expect.stringMatching(message) as string });
    expect(await groupStatus(local.client, ReplicationGroupId)).toBeUndefined();
    expect(fleet.running.size).toBe(0);
  });

  it('are unique', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await local.client.createReplicationGroup(smallGroup);
    const again = local.client.createReplicationGroup(smallGroup);
    await expect(again).rejects.toBeInstanceOf(ReplicationGroupAlreadyExistsFault);
  });
});
