import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { cacheCluster, smallCache } from '../../helpers/elasticache/cache-clusters.js';
import { groupStatusBecomes, startElastiCache } from '../../helpers/elasticache/local-elasticache.js';

/**
 * The calls of AWS Controllers for Kubernetes (aws-controllers-k8s/elasticache-controller) for each kind of resource: each
 * reconciliation describes first, creates what is missing, and compares tags and details.
 */

const Tags = [
  { Key: 'services.k8s.aws/controller-version', Value: 'elasticache-1.0.0' },
  { Key: 'services.k8s.aws/namespace', Value: 'default' },
];

async function tagsOf(client: ElastiCache, ResourceName: string | undefined) {
  return (await client.listTagsForResource({ ResourceName })).TagList;
}

describe('resources of ACK', () => {
  it('ReplicationGroup', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const ReplicationGroupId = 'ack-group';
    await expect(client.describeReplicationGroups({ ReplicationGroupId })).rejects.toMatchObject({
      name: 'ReplicationGroupNotFoundFault',
    });
    await client.createReplicationGroup({
      ReplicationGroupId,
      ReplicationGroupDescription: 'ACK',
      Engine: 'valkey',
      CacheNodeType: 'cache.t3.micro',
      NumNodeGroups: 1,
      ReplicasPerNodeGroup: 1,
      AutomaticFailoverEnabled: true,
      Tags,
    });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    const { ReplicationGroups: [group] = [] } = await client.describeReplicationGroups({ ReplicationGroupId });
    expect(await tagsOf(client, group!.ARN)).toEqual(Tags);
    // The controller compares the details of a member, and what the group's type may become.
    const { CacheClusters: [member] = [] } = await client.describeCacheClusters({
      CacheClusterId: group!.MemberClusters![0]!,
    });
    expect(await tagsOf(client, member!.ARN)).toEqual(Tags);
    const allowed = await client.listAllowedNodeTypeModifications({ ReplicationGroupId });
    expect(allowed.ScaleUpModifications).toContain('cache.t3.small');
    const { Events = [] } = await client.describeEvents({
      SourceType: 'replication-group',
      SourceIdentifier: ReplicationGroupId,
      Duration: 20_160,
      MaxRecords: 20,
    });
    expect(Events.map(({ Message }) => Message)).toEqual([`Replication group ${ReplicationGroupId} created`]);

    await client.modifyReplicationGroup({
      ReplicationGroupId,
      ApplyImmediately: true,
      ReplicationGroupDescription: 'Changed',
    });
    await groupStatusBecomes(client, ReplicationGroupId, 'available');
    await client.addTagsToResource({ ResourceName: group!.ARN!, Tags: [{ Key: 'team', Value: 'a' }] });
    await client.removeTagsFromResource({ ResourceName: group!.ARN!, TagKeys: ['team'] });
    await client.deleteReplicationGroup({ ReplicationGroupId });
    await groupStatusBecomes(client, ReplicationGroupId, undefined);
  });

  it('CacheCluster', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const CacheClusterId = 'ack-cache';
    const described = () => cacheCluster(client, CacheClusterId);
    await expect(described()).rejects.toMatchObject({ name: 'CacheClusterNotFoundFault' });
    await client.createCacheCluster({ ...smallCache, CacheClusterId, AutoMinorVersionUpgrade: true, Tags });
    // The controller describes again until the cluster is available, and then compares.
    await eventually(async () => expect((await described()).CacheClusterStatus).toBe('available'));
    const { ARN, PendingModifiedValues } = await described();
    expect(PendingModifiedValues).toEqual({});
    expect(await tagsOf(client, ARN)).toEqual(Tags);
    await client.modifyCacheCluster({
      CacheClusterId,
      ApplyImmediately: true,
      SnapshotRetentionLimit: 10,
      SnapshotWindow: '05:00-09:00',
      PreferredMaintenanceWindow: 'wed:10:00-wed:14:00',
    });
    await eventually(async () => expect((await described()).CacheClusterStatus).toBe('available'));
    expect(await described()).toMatchObject({ SnapshotRetentionLimit: 10, SnapshotWindow: '05:00-09:00' });
    await client.addTagsToResource({ ResourceName: ARN, Tags: [{ Key: 'team', Value: 'a' }] });
    await client.removeTagsFromResource({ ResourceName: ARN, TagKeys: ['team'] });
    await client.deleteCacheCluster({ CacheClusterId });
    await eventually(() => expect(described()).rejects.toMatchObject({ name: 'CacheClusterNotFoundFault' }));
  });

  it('CacheParameterGroup', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const mine = { CacheParameterGroupName: 'ack-params' };
    await expect(client.describeCacheParameterGroups(mine)).rejects.toMatchObject({
      name: 'CacheParameterGroupNotFoundFault',
    });
    const made = await client.createCacheParameterGroup({
      ...mine,
      CacheParameterGroupFamily: 'redis6.x',
      Description: 'ACK',
      Tags,
    });
    const user = async () => (await client.describeCacheParameters({ ...mine, Source: 'user' })).Parameters ?? [];
    expect(await user()).toEqual([]);
    await client.modifyCacheParameterGroup({
      ...mine,
      ParameterNameValues: [
        { ParameterName: 'activedefrag', ParameterValue: 'yes' },
        { ParameterName: 'active-defrag-cycle-max', ParameterValue: '74' },
      ],
    });
    expect(await user()).toHaveLength(2);
    await client.resetCacheParameterGroup({ ...mine, ResetAllParameters: true });
    expect(await user()).toEqual([]);
    expect(await tagsOf(client, made.CacheParameterGroup!.ARN)).toEqual(Tags);
    const { Events = [] } = await client.describeEvents({
      SourceType: 'cache-parameter-group',
      SourceIdentifier: 'ack-params',
      Duration: 20_160,
    });
    expect(Events.map(({ Message }) => Message)).toContain('Updated parameter activedefrag to yes');
    await client.deleteCacheParameterGroup(mine);
  });

  it('CacheSubnetGroup', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const mine = { CacheSubnetGroupName: 'ack-net' };
    const made = await client.createCacheSubnetGroup({
      ...mine,
      CacheSubnetGroupDescription: 'ACK',
      SubnetIds: ['subnet-1'],
      Tags,
    });
    await client.modifyCacheSubnetGroup({ ...mine, CacheSubnetGroupDescription: 'Changed', SubnetIds: ['subnet-2'] });
    expect(await tagsOf(client, made.CacheSubnetGroup!.ARN)).toEqual(Tags);
    const { Events = [] } = await client.describeEvents({
      SourceType: 'cache-subnet-group',
      SourceIdentifier: 'ack-net',
      Duration: 20_160,
    });
    expect(Events).toHaveLength(2);
    await client.deleteCacheSubnetGroup(mine);
    await expect(client.describeCacheSubnetGroups(mine)).rejects.toMatchObject({
      name: 'CacheSubnetGroupNotFoundFault',
    });
  });

  it('User', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    const active = () =>
      eventually(async () => {
        const { Users: [user] = [] } = await client.describeUsers({ UserId: 'ack-user' });
        expect(user!.Status).toBe('active');
        return user!;
      });
    await client.createUser({
      UserId: 'ack-user',
      UserName: 'ack-user',
      Engine: 'redis',
      AccessString: 'on -@all',
      NoPasswordRequired: true,
      Tags,
    });
    expect(await tagsOf(client, (await active()).ARN)).toEqual(Tags);
    await client.modifyUser({ UserId: 'ack-user', AccessString: 'on ~app::* -@all +@read' });
    expect((await active()).AccessString).toContain('~app::*');
    await client.modifyUser({ UserId: 'ack-user', Passwords: ['canary-Password-123456', 'canary-Password-654321'] });
    expect((await active()).Authentication).toEqual({ Type: 'password', PasswordCount: 2 });
    await client.deleteUser({ UserId: 'ack-user' });
  });

  it('UserGroup', async () => {
    await using local = await startElastiCache(createFakeFleet());
    const { client } = local;
    await client.createUserGroup({ UserGroupId: 'ack-users', Engine: 'REDIS', UserIds: ['default'], Tags });
    const { UserGroups: [group] = [] } = await client.describeUserGroups({ UserGroupId: 'ack-users' });
    expect(await tagsOf(client, group!.ARN)).toEqual(Tags);
    await eventually(async () => {
      const { UserGroups: [one] = [] } = await client.describeUserGroups({ UserGroupId: 'ack-users' });
      expect(one!.Status).toBe('active');
    });
    await client.deleteUserGroup({ UserGroupId: 'ack-users' });
  });
});
