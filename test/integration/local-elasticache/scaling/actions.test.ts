import {
  waitUntilReplicationGroupAvailable,
  type CreateReplicationGroupCommandInput,
  type ElastiCache,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { createFakeFleet } from '../../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../../helpers/elasticache/local-elasticache.js';

async function created(client: ElastiCache, input: Partial<CreateReplicationGroupCommandInput>): Promise<void> {
  await client.createReplicationGroup({ ...smallGroup, ...input });
  await groupStatusBecomes(client, 'orders', 'available');
}

const members = async (client: ElastiCache): Promise<string[]> =>
  (await client.describeReplicationGroups()).ReplicationGroups![0]!.MemberClusters!;

const orders = { ReplicationGroupId: 'orders', ApplyImmediately: true };
const sharded = { ClusterMode: 'enabled', NumNodeGroups: 2, ReplicasPerNodeGroup: 1 } as const;

describe('IncreaseReplicaCount and DecreaseReplicaCount', () => {
  it('add and remove replicas, number them as ElastiCache does, and record events', async () => {
    const fleet = createFakeFleet();
    await using elastiCache = await startElastiCache(fleet);
    const { client } = elastiCache;
    await created(client, { NumCacheClusters: 2 });
    const release = fleet.hold();
    const { ReplicationGroup } = await client.increaseReplicaCount({ ...orders, NewReplicaCount: 3 });
    expect(ReplicationGroup).toMatchObject({
      Status: 'modifying',
      MemberClusters: ['orders-001', 'orders-002', 'orders-003', 'orders-004'],
    });
    const { CacheClusters } = await client.describeCacheClusters({});
    expect(CacheClusters!.map(({ CacheClusterStatus }) => CacheClusterStatus)).toEqual([
      'available',
      'available',
      'creating',
      'creating',
    ]);
    await expect(client.increaseReplicaCount({ ...orders, NewReplicaCount: 4 })).rejects.toMatchObject({
      name: 'InvalidReplicationGroupStateFault',
    });
    const waited = waitUntilReplicationGroupAvailable({ client, maxWaitTime: 30 }, { ReplicationGroupId: 'orders' });
    release();
    expect((await waited).state).toBe('SUCCESS');
    await client.decreaseReplicaCount({ ...orders, ReplicasToRemove: ['orders-002'] });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await members(client)).toEqual(['orders-001', 'orders-003', 'orders-004']);
    await client.increaseReplicaCount({ ...orders, NewReplicaCount: 3 });
    await groupStatusBecomes(client, 'orders', 'available');
    expect((await members(client)).toSorted()).toEqual(['orders-001', 'orders-002', 'orders-003', 'orders-004']);
    await client.decreaseReplicaCount({ ...orders, NewReplicaCount: 1 });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await members(client)).toHaveLength(2);
  });

  it.each([
    { title: 'later', input: { ApplyImmediately: false, NewReplicaCount: 2 }, name: 'InvalidParameterValueException' },
    { title: 'no number', input: {}, name: 'InvalidParameterCombinationException' },
    { title: 'the same number', input: { NewReplicaCount: 1 }, name: 'NoOperationFault' },
    { title: 'a smaller number', input: { NewReplicaCount: 0 }, name: 'InvalidParameterValueException' },
    {
      title: 'too many',
      input: { NewReplicaCount: 6 },
      name: 'InvalidParameterValueException',
      message: 'The number of replicas per node group must be within 0 and 5.',
    },
    {
      title: 'an unknown node group',
      input: { ReplicaConfiguration: [{ NodeGroupId: '0007', NewReplicaCount: 2 }] },
      name: 'NodeGroupNotFoundFault',
    },
    {
      title: 'too few zones',
      input: {
        ReplicaConfiguration: [
          { NodeGroupId: '0001', NewReplicaCount: 2, PreferredAvailabilityZones: ['us-east-1a', 'us-east-1b'] },
        ],
      },
      name: 'InvalidParameterValueException',
    },
    {
      title: 'an unknown group',
      input: { ReplicationGroupId: 'no', NewReplicaCount: 2 },
      name: 'ReplicationGroupNotFoundFault',
    },
  ])('IncreaseReplicaCount refuses $title', async ({ input, name, message }) => {
    await using elastiCache = await startElastiCache(createFakeFleet());
    const { client } = elastiCache;
    await created(client, { NumCacheClusters: 2 });
    const refused = await client.increaseReplicaCount({ ...orders, ...input }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name, ...(message ? { message } : {}) });
    expect(await members(client)).toHaveLength(2);
  });

  it.each([
    {
      title: 'the last replica with automatic failover',
      group: { NumCacheClusters: 2, AutomaticFailoverEnabled: true },
      input: { NewReplicaCount: 0 },
      name: 'InvalidParameterValueException',
      message: 'Must have at least 1 replica when cluster mode is disabled with auto failover enabled.',
    },
    {
      title: 'the last replica with Multi-AZ',
      group: { ...sharded, MultiAZEnabled: true },
      input: { NewReplicaCount: 0 },
      name: 'InvalidParameterValueException',
      message: 'Must have at least 1 replica for Multi-AZ enabled Replication Group',
    },
    {
      title: 'an unknown node',
      group: { NumCacheClusters: 2 },
      input: { ReplicasToRemove: ['orders-009'] },
      name: 'InvalidParameterValueException',
    },
    {
      title: 'a primary',
      group: { NumCacheClusters: 2 },
      input: { ReplicasToRemove: ['orders-001'] },
      name: 'InvalidParameterValueException',
    },
    {
      title: 'names that do not fit the number',
      group: { NumCacheClusters: 4 },
      input: { NewReplicaCount: 1, ReplicasToRemove: ['orders-002'] },
      name: 'InvalidParameterCombinationException',
    },
    {
      title: 'the same number',
      group: { NumCacheClusters: 2 },
      input: { NewReplicaCount: 1 },
      name: 'NoOperationFault',
    },
    {
      title: 'a larger number',
      group: { NumCacheClusters: 2 },
      input: { NewReplicaCount: 3 },
      name: 'InvalidParameterValueException',
    },
  ])('DecreaseReplicaCount refuses $title', async ({ group, input, name, message }) => {
    await using elastiCache = await startElastiCache(createFakeFleet());
    const { client } = elastiCache;
    await created(client, group);
    const before = await members(client);
    const refused = await client.decreaseReplicaCount({ ...orders, ...input }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ name, ...(message ? { message } : {}) });
    expect(await members(client)).toEqual(before);
  });
});

describe('ModifyReplicationGroupShardConfiguration', () => {
  it.each([
    ['in their order', [{}, {}, { PreferredAvailabilityZones: ['us-east-1c', 'us-east-1a'] }], '0003'],
    [
      'by their IDs',
      [
        { NodeGroupId: '7', PreferredAvailabilityZones: ['us-east-1c', 'us-east-1a'] },
        { NodeGroupId: '0002', PreferredAvailabilityZones: ['us-east-1a', 'us-east-1b'] },
        { NodeGroupId: '0001', PreferredAvailabilityZones: ['us-east-1a', 'us-east-1b'] },
      ],
      '0007',
    ],
  ])('takes the zones of new shards from a description of all shards, %s', async (_how, configurations, id) => {
    await using elastiCache = await startElastiCache(createFakeFleet());
    const { client } = elastiCache;
    await created(client, sharded);
    const zonesOf = async () =>
      (await client.describeReplicationGroups()).ReplicationGroups![0]!.NodeGroups!.map(
        ({ NodeGroupId, NodeGroupMembers }) => [
          NodeGroupId,
          ...NodeGroupMembers!.map(({ PreferredAvailabilityZone }) => PreferredAvailabilityZone),
        ],
      );
    const present = await zonesOf();
    await client.modifyReplicationGroupShardConfiguration({
      ...orders,
      NodeGroupCount: 3,
      ReshardingConfiguration: configurations,
    });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await zonesOf()).toEqual([...present, [id, 'us-east-1c', 'us-east-1a']]);
  });

  it('adds and removes shards and spreads the slots evenly', async () => {
    const fleet = createFakeFleet();
    await using elastiCache = await startElastiCache(fleet);
    const { client } = elastiCache;
    await created(client, sharded);
    const release = fleet.hold();
    const zones = ['us-east-1c', 'us-east-1a'];
    const { ReplicationGroup } = await client.modifyReplicationGroupShardConfiguration({
      ...orders,
      NodeGroupCount: 3,
      ReshardingConfiguration: [{ NodeGroupId: '0005', PreferredAvailabilityZones: zones }],
    });
    expect(ReplicationGroup!.NodeGroups).toMatchObject([
      { NodeGroupId: '0001', Status: 'modifying', Slots: '0-8191' },
      { NodeGroupId: '0002', Status: 'modifying', Slots: '8192-16383' },
      {
        NodeGroupId: '0005',
        Status: 'creating',
        NodeGroupMembers: zones.map((zone, index) => ({
          CacheClusterId: `orders-0005-00${index + 1}`,
          PreferredAvailabilityZone: zone,
        })),
      },
    ]);
    release();
    await groupStatusBecomes(client, 'orders', 'available');
    const slots = async () =>
      (await client.describeReplicationGroups()).ReplicationGroups![0]!.NodeGroups!.map(({ Slots }) => Slots);
    expect(await slots()).toEqual(['0-5461', '8192-13652', '5462-8191,13653-16383']);
    await client.modifyReplicationGroupShardConfiguration({
      ...orders,
      NodeGroupCount: 1,
      NodeGroupsToRetain: ['0002'],
    });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await slots()).toEqual(['0-16383']);
    expect(await members(client)).toEqual(['orders-0002-001', 'orders-0002-002']);
  });

  it.each([
    { title: 'later', input: { NodeGroupCount: 3, ApplyImmediately: false }, name: 'InvalidParameterValueException' },
    { title: 'the same number', input: { NodeGroupCount: 2 }, name: 'NoOperationFault' },
    { title: 'none', input: { NodeGroupCount: 0 }, name: 'InvalidParameterValueException' },
    { title: 'more than 500', input: { NodeGroupCount: 501 }, name: 'InvalidParameterValueException' },
    { title: 'fewer without names', input: { NodeGroupCount: 1 }, name: 'InvalidParameterCombinationException' },
    {
      title: 'an unknown node group',
      input: { NodeGroupCount: 1, NodeGroupsToRemove: ['0010'] },
      name: 'InvalidParameterValueException',
      message: 'The following node group ids are invalid: [0010]',
    },
    {
      title: 'names that do not fit the number',
      input: { NodeGroupCount: 1, NodeGroupsToRetain: ['0001', '0002'] },
      name: 'InvalidParameterCombinationException',
    },
    {
      title: 'names if the number grows',
      input: { NodeGroupCount: 3, NodeGroupsToRemove: ['0001'] },
      name: 'InvalidParameterCombinationException',
    },
    { title: 'more nodes than the quota', input: { NodeGroupCount: 400 }, name: 'NodeQuotaForClusterExceededFault' },
  ])('refuses $title', async ({ input, name, message }) => {
    await using elastiCache = await startElastiCache(createFakeFleet());
    const { client } = elastiCache;
    await created(client, sharded);
    const refused = await client
      .modifyReplicationGroupShardConfiguration({ ...orders, ...input })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ name, ...(message ? { message } : {}) });
    expect(await members(client)).toHaveLength(4);
  });

  it('refuses a group without cluster mode', async () => {
    await using elastiCache = await startElastiCache(createFakeFleet());
    const { client } = elastiCache;
    await created(client, { NumCacheClusters: 2 });
    await expect(
      client.modifyReplicationGroupShardConfiguration({ ...orders, NodeGroupCount: 2 }),
    ).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
  });

  it('reports a change that fails, and describes the nodes that exist', async () => {
    const fleet = createFakeFleet();
    await using elastiCache = await startElastiCache(fleet);
    const { client } = elastiCache;
    await created(client, { NumCacheClusters: 2 });
    fleet.failNextStart('no port');
    await client.increaseReplicaCount({ ...orders, NewReplicaCount: 2 });
    await groupStatusBecomes(client, 'orders', 'available');
    expect(await members(client)).toEqual(['orders-001', 'orders-002']);
    const { Events = [] } = await client.describeEvents({ SourceType: 'replication-group' });
    expect(Events.at(-1)!.Message).toBe('Modifying replication group orders failed: no port');
  });
});
