import {
  waitUntilReplicationGroupAvailable,
  waitUntilReplicationGroupDeleted,
  type ElastiCache,
  type ModifyReplicationGroupCommandInput,
} from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

/**
 * The calls that Terraform's AWS provider makes for each resource (internal/service/elasticache), in its order and with its members:
 * create, wait, read, update, delete.
 */

const Tags = [{ Key: 'Name', Value: 'tf' }];
const ReplicationGroupId = 'tf-group';
const created = {
  ReplicationGroupId,
  ReplicationGroupDescription: 'Managed by Terraform',
  AutomaticFailoverEnabled: false,
  CacheNodeType: 'cache.t3.small',
  Engine: 'redis',
  TransitEncryptionEnabled: false,
  Tags,
};

async function available(client: ElastiCache): Promise<void> {
  await waitUntilReplicationGroupAvailable({ client, maxWaitTime: 20 }, { ReplicationGroupId });
}

/** What the provider reads after each change: the group, its first node and the tags. */
async function read(client: ElastiCache) {
  const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({ ReplicationGroupId });
  const CacheClusterId = group!.NodeGroups![0]!.NodeGroupMembers![0]!.CacheClusterId!;
  const { CacheClusters: [node] = [] } = await client.describeCacheClusters({
    CacheClusterId,
    ShowCacheNodeInfo: true,
  });
  const { TagList = [] } = await client.listTagsForResource({ ResourceName: group!.ARN! });
  return { group: group!, node: node!, tags: TagList };
}

async function createGroup(client: ElastiCache, change: object = {}) {
  await client.createReplicationGroup({ ...created, ...change });
  await available(client);
  return read(client);
}

async function update(client: ElastiCache, change: Omit<ModifyReplicationGroupCommandInput, 'ReplicationGroupId'>) {
  await available(client);
  await client.modifyReplicationGroup({ ReplicationGroupId, ApplyImmediately: true, ...change });
  await available(client);
  return read(client);
}

async function destroy(client: ElastiCache): Promise<void> {
  await client.deleteReplicationGroup({ ReplicationGroupId });
  await waitUntilReplicationGroupDeleted({ client, maxWaitTime: 20 }, { ReplicationGroupId });
}

async function userIsActive(client: ElastiCache, UserId: string) {
  return eventually(async () => {
    const { Users: [user] = [] } = await client.describeUsers({ UserId });
    expect(user!.Status).toBe('active');
    return user!;
  });
}

describe('aws_elasticache_replication_group', () => {
  it('is created, tagged, changed and destroyed', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const { group, tags } = await createGroup(client, { NumCacheClusters: 2, Port: 6379 });
    expect(group).toMatchObject({ AutomaticFailover: 'disabled', DataTiering: 'disabled', NetworkType: 'ipv4' });
    expect(tags).toEqual(Tags);
    await client.removeTagsFromResource({ ResourceName: group.ARN!, TagKeys: ['Name'] });
    await client.addTagsToResource({ ResourceName: group.ARN!, Tags: [{ Key: 'env', Value: 'prod' }] });
    const changed = await update(client, {
      AutomaticFailoverEnabled: true,
      MultiAZEnabled: true,
      ReplicationGroupDescription: 'Changed',
      CacheNodeType: 'cache.r7g.large',
      SecurityGroupIds: ['sg-1'],
      PreferredMaintenanceWindow: 'tue:06:30-tue:07:30',
    });
    expect(changed.group).toMatchObject({
      MultiAZ: 'enabled',
      Description: 'Changed',
      CacheNodeType: 'cache.r7g.large',
    });
    expect(changed.node).toMatchObject({ PreferredMaintenanceWindow: 'tue:06:30-tue:07:30' });
    expect(changed.tags).toEqual([{ Key: 'env', Value: 'prod' }]);
    await destroy(client);
  });

  it('has snapshots switched on, from the first node', async () => {
    await using local = await startElastiCache(createFakeFleet());
    await createGroup(local.client, { NumCacheClusters: 2 });
    const { group } = await update(local.client, {
      SnapshottingClusterId: `${ReplicationGroupId}-001`,
      SnapshotRetentionLimit: 3,
      SnapshotWindow: '02:00-03:00',
    });
    expect(group).toMatchObject({ SnapshottingClusterId: 'tf-group-001', SnapshotRetentionLimit: 3 });
    await destroy(local.client);
  });

  it('delivers logs, of which one is removed by an empty request', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const slowLog = {
      LogType: 'slow-log',
      DestinationType: 'cloudwatch-logs',
      DestinationDetails: { CloudWatchLogsDetails: { LogGroup: 'slow' } },
      LogFormat: 'text',
    } as const;
    const engineLog = {
      LogType: 'engine-log',
      DestinationType: 'kinesis-firehose',
      DestinationDetails: { KinesisFirehoseDetails: { DeliveryStream: 'engine' } },
      LogFormat: 'json',
    } as const;
    const { group, node } = await createGroup(local.client, { LogDeliveryConfigurations: [slowLog, engineLog] });
    expect(group.LogDeliveryConfigurations).toEqual([
      { ...slowLog, Status: 'active' },
      { ...engineLog, Status: 'active' },
    ]);
    expect(node.ReplicationGroupLogDeliveryEnabled).toBe(true);
    const changed = await update(local.client, {
      LogDeliveryConfigurations: [
        { ...slowLog, LogFormat: 'json', Enabled: true },
        { LogType: 'engine-log', Enabled: false },
      ],
    });
    expect(changed.group.LogDeliveryConfigurations).toEqual([{ ...slowLog, LogFormat: 'json', Status: 'active' }]);
    await destroy(local.client);
  });

  it('has a topic that is set, switched off and removed', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const NotificationTopicArn = 'arn:aws:sns:us-east-1:000000000000:topic';
    expect((await createGroup(local.client, { NotificationTopicArn })).node.NotificationConfiguration).toEqual({
      TopicArn: NotificationTopicArn,
      TopicStatus: 'active',
    });
    const off = await update(local.client, { NotificationTopicStatus: 'inactive' });
    expect(off.node.NotificationConfiguration).toMatchObject({ TopicStatus: 'inactive' });
    const removed = await update(local.client, { NotificationTopicArn: '' });
    expect(removed.node.NotificationConfiguration).toBeUndefined();
    await destroy(local.client);
  });

  it('has data tiering on node types r6gd', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const tiered = { CacheNodeType: 'cache.r6gd.xlarge', DataTieringEnabled: true, EngineVersion: '7.1' };
    expect((await createGroup(local.client, tiered)).group.DataTiering).toBe('enabled');
    await expect(
      local.client.createReplicationGroup({ ...created, ReplicationGroupId: 'other', DataTieringEnabled: true }),
    ).rejects.toMatchObject({ Code: 'InvalidParameterCombination' });
    await destroy(local.client);
  });

  it('moves from redis to valkey, and to another parameter group', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await createGroup(client, { EngineVersion: '7.1' });
    await client.createCacheParameterGroup({
      CacheParameterGroupName: 'tf-params',
      CacheParameterGroupFamily: 'valkey8',
      Description: 'Managed by Terraform',
    });
    const moved = await update(client, {
      Engine: 'valkey',
      EngineVersion: '8.0',
      CacheParameterGroupName: 'tf-params',
    });
    expect(moved.group.Engine).toBe('valkey');
    expect(moved.node.CacheParameterGroup).toMatchObject({ CacheParameterGroupName: 'tf-params' });
    await destroy(client);
  });

  it('waits for the maintenance window by default, and is available meanwhile with its present type', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await createGroup(client, { EngineVersion: '7.0', NumCacheClusters: 2 });
    // The provider sends `apply_immediately`, which is false by default, and waits until the group is available.
    const waiting = await update(client, {
      ApplyImmediately: false,
      CacheNodeType: 'cache.r7g.large',
      EngineVersion: '7.1',
      ReplicationGroupDescription: 'Changed',
    });
    expect(waiting.group).toMatchObject({
      Status: 'available',
      CacheNodeType: 'cache.t3.small',
      Description: 'Changed',
    });
    expect(waiting.node).toMatchObject({
      EngineVersion: '7.0',
      PendingModifiedValues: { CacheNodeType: 'cache.r7g.large', EngineVersion: '7.1' },
    });
    // The next plan differs still. Applied at once, it takes effect.
    const applied = await update(client, { CacheNodeType: 'cache.r7g.large', EngineVersion: '7.1' });
    expect(applied.group.CacheNodeType).toBe('cache.r7g.large');
    expect(applied.node).toMatchObject({ EngineVersion: '7.1', PendingModifiedValues: {} });
    await destroy(client);
  });

  it('has shards in cluster mode', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { group } = await createGroup(local.client, {
      AutomaticFailoverEnabled: true,
      NumNodeGroups: 2,
      ReplicasPerNodeGroup: 1,
      ClusterMode: 'enabled',
      CacheParameterGroupName: 'default.redis7.cluster.on',
    });
    expect(group).toMatchObject({ ClusterEnabled: true, ClusterMode: 'enabled' });
    expect(group.MemberClusters).toHaveLength(4);
    await destroy(local.client);
  });

  it('moves from an AUTH token to user groups', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createUser({
      UserId: 'tf-default',
      UserName: 'default',
      Engine: 'redis',
      AccessString: 'on ~* +@all',
      AuthenticationMode: { Type: 'no-password-required' },
      NoPasswordRequired: false,
    });
    await client.createUserGroup({ UserGroupId: 'tf-users', Engine: 'redis', UserIds: ['tf-default'] });
    await createGroup(client, { TransitEncryptionEnabled: true, AuthToken: 'canary-auth-token-12345' });
    await update(client, { AuthToken: 'canary-auth-token-67890', AuthTokenUpdateStrategy: 'ROTATE' });
    await update(client, { AuthToken: 'canary-auth-token-67890', AuthTokenUpdateStrategy: 'SET' });
    const { group } = await update(client, { AuthTokenUpdateStrategy: 'DELETE', UserGroupIdsToAdd: ['tf-users'] });
    expect(group).toMatchObject({ AuthTokenEnabled: false, UserGroupIds: ['tf-users'] });
    await destroy(client);
  });
});

describe('aws_elasticache_user', () => {
  it.each([
    ['password', ['canary-Password-123456']],
    ['no-password-required', undefined],
    ['iam', undefined],
  ] as const)('with authentication mode %s is created, changed, tagged and destroyed', async (Type, Passwords) => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const user = { UserId: 'tf-user', UserName: 'tf-user', Engine: 'redis' };
    const AuthenticationMode = { Type, ...(Passwords ? { Passwords: [...Passwords] } : {}) };
    await client.createUser({
      ...user,
      AccessString: 'on ~* +@all',
      AuthenticationMode,
      NoPasswordRequired: false,
      Tags,
    });
    const { ARN, Authentication } = await userIsActive(client, 'tf-user');
    expect(Authentication!.Type).toBe(Type === 'no-password-required' ? 'no-password' : Type);
    expect((await client.listTagsForResource({ ResourceName: ARN! })).TagList).toEqual(Tags);
    await client.modifyUser({ UserId: 'tf-user', AccessString: 'on ~app* +@read' });
    expect((await userIsActive(client, 'tf-user')).AccessString).toContain('+@read');
    await client.modifyUser({ UserId: 'tf-user', AuthenticationMode, NoPasswordRequired: false });
    await userIsActive(client, 'tf-user');
    await client.deleteUser({ UserId: 'tf-user' });
    await eventually(() =>
      expect(client.describeUsers({ UserId: 'tf-user' })).rejects.toMatchObject({ name: 'UserNotFoundFault' }),
    );
  });

  it('with the older members is created with passwords and without', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const base = { Engine: 'REDIS', AccessString: 'on ~* +@all' };
    const { client } = local;
    await client.createUser({
      ...base,
      UserId: 'a',
      UserName: 'a',
      NoPasswordRequired: false,
      Passwords: ['canary-Password-123456'],
    });
    await client.createUser({ ...base, UserId: 'b', UserName: 'b', NoPasswordRequired: true });
    await expect(
      client.createUser({
        ...base,
        UserId: 'c',
        UserName: 'c',
        NoPasswordRequired: true,
        AuthenticationMode: { Type: 'iam' },
      }),
    ).rejects.toMatchObject({ Code: 'InvalidParameterCombination' });
    await expect(
      client.createUser({ ...base, UserId: 'c', UserName: 'c', NoPasswordRequired: false }),
    ).rejects.toMatchObject({
      Code: 'InvalidParameterValue',
      message: 'Input Authentication type: null is not in the allowed list: [password,no-password-required,iam]',
    });
  });
});

it('aws_elasticache_user_group is created, changed, tagged and destroyed, with its associations', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  for (const [UserId, UserName] of [
    ['tf-default', 'default'],
    ['tf-a', 'a'],
  ] as const) {
    await client.createUser({
      UserId,
      UserName,
      Engine: 'redis',
      AccessString: 'on ~* +@all',
      AuthenticationMode: { Type: 'no-password-required' },
      NoPasswordRequired: false,
    });
  }
  const group = () =>
    eventually(async () => {
      const { UserGroups: [one] = [] } = await client.describeUserGroups({ UserGroupId: 'tf-users' });
      expect(one!.Status).toBe('active');
      return one!;
    });
  await client.createUserGroup({ UserGroupId: 'tf-users', Engine: 'redis', UserIds: ['tf-default'], Tags });
  const { ARN } = await group();
  await client.modifyUserGroup({ UserGroupId: 'tf-users', UserIdsToAdd: ['tf-a'] });
  expect((await group()).UserIds).toEqual(['tf-default', 'tf-a']);
  await client.modifyUserGroup({ UserGroupId: 'tf-users', UserIdsToRemove: ['tf-a'] });
  expect((await group()).UserIds).toEqual(['tf-default']);
  await client.removeTagsFromResource({ ResourceName: ARN!, TagKeys: ['Name'] });
  expect((await client.listTagsForResource({ ResourceName: ARN! })).TagList).toEqual([]);
  await client.deleteUserGroup({ UserGroupId: 'tf-users' });
  await expect(client.describeUserGroups({ UserGroupId: 'tf-users' })).rejects.toMatchObject({
    name: 'UserGroupNotFoundFault',
  });
});

it('aws_elasticache_parameter_group is created, changed in parts of 20, reset and destroyed', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const mine = { CacheParameterGroupName: 'tf-params' };
  const made = await client.createCacheParameterGroup({
    ...mine,
    CacheParameterGroupFamily: 'redis7',
    Description: 'Managed by Terraform',
    Tags,
  });
  const user = async () =>
    (await client.describeCacheParameters({ ...mine, Source: 'user' })).Parameters!.map(
      ({ ParameterName, ParameterValue }) => ({ ParameterName, ParameterValue }),
    );
  const { EngineDefaults } = await client.describeEngineDefaultParameters({ CacheParameterGroupFamily: 'redis7' });
  const all = EngineDefaults!
    .Parameters!.filter(({ IsModifiable, AllowedValues }) => IsModifiable && AllowedValues)
    .map(({ ParameterName, ParameterValue }) => ({ ParameterName, ParameterValue: ParameterValue ?? '' }))
    .slice(0, 30);
  await client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: all.slice(0, 20) });
  await client.modifyCacheParameterGroup({ ...mine, ParameterNameValues: all.slice(20) });
  expect(await user()).toHaveLength(30);
  await client.resetCacheParameterGroup({ ...mine, ParameterNameValues: all.slice(0, 20) });
  expect(await user()).toEqual(all.slice(20));
  // The provider recognises the absence of this one by these words.
  await expect(
    client.resetCacheParameterGroup({
      ...mine,
      ParameterNameValues: [{ ParameterName: 'reserved-memory', ParameterValue: '0' }],
    }),
  ).rejects.toThrow("Parameter reserved-memory doesn't exist");
  const ResourceName = made.CacheParameterGroup!.ARN!;
  expect((await client.listTagsForResource({ ResourceName })).TagList).toEqual(Tags);
  await client.deleteCacheParameterGroup(mine);
  await expect(client.describeCacheParameterGroups(mine)).rejects.toMatchObject({
    name: 'CacheParameterGroupNotFoundFault',
  });
});

it('aws_elasticache_subnet_group is created, changed, tagged and destroyed', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  const mine = { CacheSubnetGroupName: 'tf-net' };
  const made = await client.createCacheSubnetGroup({
    ...mine,
    CacheSubnetGroupDescription: 'Managed by Terraform',
    SubnetIds: ['subnet-1', 'subnet-2'],
    Tags,
  });
  const ResourceName = made.CacheSubnetGroup!.ARN!;
  await client.modifyCacheSubnetGroup({ ...mine, CacheSubnetGroupDescription: '', SubnetIds: ['subnet-3'] });
  const { CacheSubnetGroups: [group] = [] } = await client.describeCacheSubnetGroups(mine);
  expect(group!.Subnets).toMatchObject([{ SubnetIdentifier: 'subnet-3' }]);
  expect((await client.listTagsForResource({ ResourceName })).TagList).toEqual(Tags);
  await client.deleteCacheSubnetGroup(mine);
  await expect(client.describeCacheSubnetGroups(mine)).rejects.toMatchObject({ name: 'CacheSubnetGroupNotFoundFault' });
});
