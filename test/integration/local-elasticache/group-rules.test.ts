import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { groupStatusBecomes, smallGroup, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

const arnOf = (kind: string, id: string): string => `arn:aws:elasticache:us-east-1:000000000000:${kind}:${id}`;

describe('a replication group', () => {
  it.each([
    [{ ReplicationGroupId: '' }, 'InvalidParameterValue', /ReplicationGroupId must be provided and must not be blank/],
    [{ ReplicationGroupId: '1st' }, 'InvalidParameterValue', /Identifiers must begin with a letter/],
    [{ PreferredMaintenanceWindow: 'sun:05:00-sun:05:59' }, 'InvalidParameterValue', /at least 60 minutes/],
    [{ PreferredMaintenanceWindow: 'sun:05:00-sun:05:00' }, 'InvalidParameterValue', /at least 60 minutes/],
    [{ SnapshotWindow: '05:00-05:30' }, 'InvalidParameterValue', /Snapshot window must be at least 60 minutes\./],
    [
      { PreferredMaintenanceWindow: 'sun:23:00-mon:01:30', SnapshotWindow: '01:00-02:00' },
      'InvalidParameterValue',
      /The snapshot window and maintenance window must not overlap\./,
    ],
    [
      { PreferredMaintenanceWindow: 'sun:23:30-mon:00:30', SnapshotWindow: '22:40-23:40' },
      'InvalidParameterValue',
      /must not overlap/,
    ],
    [{ NumCacheClusters: 1, PreferredCacheClusterAZs: ['us-east-1f'] }, 'InvalidParameterValue', /us-east-1f is not/],
    [{ NodeGroupConfiguration: [{ PrimaryAvailabilityZone: 'eu-west-1a' }] }, 'InvalidParameterValue', /eu-west-1a/],
    [{ NumCacheClusters: 2, PreferredCacheClusterAZs: ['us-east-1a'] }, 'InvalidParameterCombination', /must match/],
    [
      { NodeGroupConfiguration: [{ ReplicaCount: 1, ReplicaAvailabilityZones: ['us-east-1a', 'us-east-1b'] }] },
      'InvalidParameterCombination',
      /Expected 1 replica availability zones of node group 0001, got 2/,
    ],
    [
      { TransitEncryptionEnabled: true, TransitEncryptionMode: 'always' },
      'InvalidParameterValue',
      /Expected the transit encryption mode preferred or required/,
    ],
    [{ ClusterMode: 'on' }, 'InvalidParameterValue', /Expected the cluster mode disabled, compatible or enabled/],
    [{ NotificationTopicArn: 'topic' }, 'InvalidParameterValue', /ARN of an SNS topic/],
    [{ NotificationTopicArn: 'arn:aws:sns:eu-west-1:000000000000:t' }, 'InvalidParameterValue', /region us-east-1/],
    [{ NetworkType: 'dual_stack' }, 'InvalidParameterCombination', /NetworkType/],
    [{ IpDiscovery: 'ipv6' }, 'InvalidParameterCombination', /IpDiscovery/],
    [{ Durability: 'sync' }, 'InvalidParameterCombination', /Durability sync/],
    [{ CacheSecurityGroupNames: ['sg'] }, 'InvalidParameterCombination', /not permitted in this API version/],
    [{ KmsKeyId: 'key' }, 'InvalidParameterCombination', /AtRestEncryptionEnabled/],
    [
      { LogDeliveryConfigurations: [{ LogType: 'slow-log', DestinationType: 'cloudwatch-logs', LogFormat: 'json' }] },
      'InvalidParameterCombination',
      /CloudWatchLogsDetails/,
    ],
  ] as const)('is not created by %j', async (change, Code, message) => {
    await using local = await startElastiCache(createFakeFleet());
    await expect(local.client.createReplicationGroup({ ...smallGroup, ...(change as object) })).rejects.toMatchObject({
      Code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('has windows that do not overlap, whichever is given', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createReplicationGroup({ ...smallGroup, PreferredMaintenanceWindow: 'sun:05:00-sun:09:00' });
    await client.createReplicationGroup({ ...smallGroup, ReplicationGroupId: 'other', SnapshotWindow: '23:00-00:30' });
    const { CacheClusters = [] } = await client.describeCacheClusters();
    expect(CacheClusters).toMatchObject([
      { PreferredMaintenanceWindow: 'sun:05:00-sun:09:00', SnapshotWindow: '03:00-04:00' },
      { PreferredMaintenanceWindow: 'sun:08:00-sun:10:30', SnapshotWindow: '23:00-00:30' },
    ]);
    await groupStatusBecomes(client, 'orders', 'available');
    await expect(
      client.modifyReplicationGroup({ ReplicationGroupId: 'orders', SnapshotWindow: '08:30-09:30' }),
    ).rejects.toThrow('must not overlap');
    await expect(
      client.modifyReplicationGroup({
        ReplicationGroupId: 'orders',
        ReplicationGroupDescription: 'changed',
        TransitEncryptionMode: 'always' as 'required',
      }),
    ).rejects.toThrow('Expected the transit encryption mode');
    await expect(
      client.modifyReplicationGroup({ ReplicationGroupId: '', SnapshotWindow: '08:30-09:30' }),
    ).rejects.toThrow('must not be blank');
  });

  it('has nodes in the zones of its subnet group', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createCacheSubnetGroup({
      CacheSubnetGroupName: 'net',
      CacheSubnetGroupDescription: 'd',
      SubnetIds: ['subnet-1', 'subnet-2'],
    });
    const three = { ...smallGroup, CacheSubnetGroupName: 'net', NumCacheClusters: 3 };
    await expect(
      client.createReplicationGroup({
        ...three,
        PreferredCacheClusterAZs: ['us-east-1a', 'us-east-1b', 'us-east-1c'],
      }),
    ).rejects.toThrow('us-east-1c is not a valid availability zone');
    await client.createReplicationGroup(three);
    const { CacheClusters = [] } = await client.describeCacheClusters();
    expect(CacheClusters.map(({ PreferredAvailabilityZone }) => PreferredAvailabilityZone)).toEqual([
      'us-east-1a',
      'us-east-1b',
      'us-east-1a',
    ]);
  });

  it('gives its tags to its nodes, when they are added and removed', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const [a, b] = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    await client.createReplicationGroup({ ...smallGroup, NumCacheClusters: 2, Tags: [a] });
    const tagsOf = async (kind: string, id: string) =>
      (await client.listTagsForResource({ ResourceName: arnOf(kind, id) })).TagList;
    expect(await tagsOf('cluster', 'orders-002')).toEqual([a]);
    await client.addTagsToResource({
      ResourceName: arnOf('cluster', 'orders-001'),
      Tags: [{ Key: 'own', Value: 'x' }],
    });
    await client.addTagsToResource({ ResourceName: arnOf('replicationgroup', 'orders'), Tags: [b] });
    expect(await tagsOf('cluster', 'orders-001')).toEqual([a, { Key: 'own', Value: 'x' }, b]);
    await client.removeTagsFromResource({ ResourceName: arnOf('replicationgroup', 'orders'), TagKeys: ['a'] });
    expect(await tagsOf('cluster', 'orders-002')).toEqual([b]);
    expect(await tagsOf('replicationgroup', 'orders')).toEqual([b]);
  });
});

it.each([
  ['snapshot', 'SnapshotNotFoundFault'],
  ['serverlesscache', 'ServerlessCacheNotFoundFault'],
  ['serverlesscachesnapshot', 'ServerlessCacheSnapshotNotFoundFault'],
  ['reserved-instance', 'ReservedCacheNodeNotFoundFault'],
  ['cluster', 'CacheClusterNotFoundFault'],
  ['usergroup', 'UserGroupNotFoundFault'],
  ['nonsense', 'InvalidARNFault'],
  ['constructor', 'InvalidARNFault'],
])('tags of an unknown %s are refused with %s', async (kind, name) => {
  await using local = await startElastiCache(createFakeFleet());
  await expect(local.client.listTagsForResource({ ResourceName: arnOf(kind, 'nope') })).rejects.toMatchObject({ name });
  await expect(
    local.client.listTagsForResource({ ResourceName: arnOf(kind, 'nope').replace('us-east-1', 'eu-west-1') }),
  ).rejects.toMatchObject({ name: 'InvalidARNFault' });
});

it('events of groups, nodes and failovers have the words of AWS', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  const { client } = local;
  await client.createCacheParameterGroup({
    CacheParameterGroupName: 'mine',
    CacheParameterGroupFamily: 'valkey8',
    Description: 'd',
  });
  await client.createReplicationGroup({ ...smallGroup, CacheParameterGroupName: 'mine' });
  await groupStatusBecomes(client, 'orders', 'available');
  const message = 'In our own words.';
  fleet.emit('orders', { type: 'failover', shardId: '0001', nodeId: 'orders-001', formerId: 'orders-002', message });
  fleet.emit('orders', { type: 'node-rebooting', nodeId: 'orders-001', message });
  fleet.emit('orders', { type: 'node-rebooted', nodeId: 'orders-001', message });
  fleet.emit('orders', { type: 'node-restarted', nodeId: 'orders-001', message });
  await eventually(async () => expect((await client.describeEvents()).Events).toHaveLength(10));
  await client.deleteReplicationGroup({ ReplicationGroupId: 'orders' });
  await groupStatusBecomes(client, 'orders', undefined);
  const { Events = [] } = await client.describeEvents();
  expect(Events.map(({ SourceType, Message }) => [SourceType, Message])).toEqual([
    ['cache-parameter-group', 'Cache parameter group mine created'],
    ['cache-cluster', 'Added cache node 0001 in availability zone us-east-1a'],
    ['cache-cluster', 'Updated to use a CacheParameterGroup mine'],
    ['cache-cluster', 'Cache cluster created'],
    ['replication-group', 'Replication group orders created'],
    ['cache-cluster', 'Failover from primary node orders-002 to replica node orders-001 completed'],
    ['replication-group', 'Failover from primary node orders-002 to replica node orders-001 completed'],
    ['cache-cluster', 'Cache node 0001 shutdown'],
    ['cache-cluster', 'Cache node 0001 restarted'],
    ['cache-cluster', 'Finished recovery for cache nodes 0001'],
    ['cache-cluster', 'Cache cluster deleted'],
    ['replication-group', 'Replication group orders deleted'],
  ]);
});
