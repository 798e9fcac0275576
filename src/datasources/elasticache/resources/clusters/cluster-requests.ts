import type {
  CreateReplicationGroupCommandInput,
  ModifyReplicationGroupCommandInput,
  ModifyReplicationGroupShardConfigurationCommandInput,
} from '@aws-sdk/client-elasticache';
import type { TransitEncryption } from '../../../../domain/cluster/cluster.js';
import type {
  AuthTokenChange,
  ClusterModification,
  NewCluster,
  ReplicaCountChange,
  ShardCountChange,
} from '../../../../domain/cluster/new-cluster.js';
import { awsTag } from '../shapes.js';

/** The request that creates a cluster. */
export function createRequest(cluster: NewCluster): CreateReplicationGroupCommandInput {
  return {
    ReplicationGroupId: cluster.name,
    ReplicationGroupDescription: cluster.description,
    Engine: cluster.engine.toLowerCase(),
    EngineVersion: cluster.engineVersion,
    CacheNodeType: cluster.nodeType,
    ...size(cluster),
    SnapshotName: cluster.snapshot,
    AutomaticFailoverEnabled: cluster.automaticFailover,
    MultiAZEnabled: cluster.multiAz,
    ...transitEncryption(cluster.transitEncryption),
    AtRestEncryptionEnabled: cluster.atRestEncryption,
    AuthToken: cluster.authToken,
    // An empty list would be sent as a parameter without a value, which ElastiCache refuses.
    UserGroupIds: someOf(cluster.userGroupIds),
    SecurityGroupIds: someOf(cluster.securityGroupIds),
    CacheSubnetGroupName: cluster.subnetGroup,
    CacheParameterGroupName: cluster.parameterGroup,
    SnapshotRetentionLimit: cluster.snapshotRetentionDays,
    PreferredMaintenanceWindow: cluster.maintenanceWindow,
    SnapshotWindow: cluster.snapshotWindow,
    NotificationTopicArn: cluster.notificationTopicArn,
    AutoMinorVersionUpgrade: cluster.autoMinorVersionUpgrade,
    Port: cluster.port,
    Tags: someOf(cluster.tags.map(awsTag)),
  };
}

/** The request that modifies a cluster. */
export function modifyRequest(change: ClusterModification): ModifyReplicationGroupCommandInput {
  return {
    ReplicationGroupId: change.cluster,
    ReplicationGroupDescription: change.description,
    Engine: change.engine?.toLowerCase(),
    EngineVersion: change.engineVersion,
    CacheNodeType: change.nodeType,
    ClusterMode: change.clusterMode && awsClusterModes[change.clusterMode],
    ...(change.transitEncryption && modifiedTransitEncryption(change.transitEncryption)),
    CacheParameterGroupName: change.parameterGroup,
    UserGroupIdsToAdd: someOf(change.addUserGroupIds),
    UserGroupIdsToRemove: someOf(change.removeUserGroupIds),
    AutomaticFailoverEnabled: change.automaticFailover,
    MultiAZEnabled: change.multiAz,
    SnapshotRetentionLimit: change.snapshotRetentionDays,
    SecurityGroupIds: someOf(change.securityGroupIds),
    PreferredMaintenanceWindow: change.maintenanceWindow,
    SnapshotWindow: change.snapshotWindow,
    ...(change.notificationTopicArn !== undefined && notifications(change.notificationTopicArn)),
    AutoMinorVersionUpgrade: change.autoMinorVersionUpgrade,
    ApplyImmediately: change.applyImmediately,
  };
}

/** The request that changes the AUTH token. ElastiCache makes such changes immediately only. */
export function authTokenRequest(change: AuthTokenChange): ModifyReplicationGroupCommandInput {
  return {
    ReplicationGroupId: change.cluster,
    AuthToken: change.token,
    AuthTokenUpdateStrategy: change.strategy,
    UserGroupIdsToAdd: someOf(change.addUserGroupIds),
    ApplyImmediately: true,
  };
}

/** The request that changes the number of replicas. ElastiCache makes such changes immediately only. */
export function replicaCountRequest({ cluster, shards, replicasPerShard }: ReplicaCountChange) {
  return {
    ReplicationGroupId: cluster,
    ReplicaConfiguration: shards.map((shard) => ({ NodeGroupId: shard, NewReplicaCount: replicasPerShard })),
    ApplyImmediately: true,
  };
}

/** The request that changes the number of shards. */
export function shardCountRequest({
  cluster,
  shards,
  remove,
}: ShardCountChange): ModifyReplicationGroupShardConfigurationCommandInput {
  return {
    ReplicationGroupId: cluster,
    NodeGroupCount: shards,
    NodeGroupsToRemove: someOf(remove),
    ApplyImmediately: true,
  };
}

export function notifications(
  topicArn: string,
): Pick<ModifyReplicationGroupCommandInput, 'NotificationTopicArn' | 'NotificationTopicStatus'> {
  return topicArn === ''
    ? { NotificationTopicStatus: 'inactive' }
    : { NotificationTopicArn: topicArn, NotificationTopicStatus: 'active' };
}

const awsClusterModes = { DISABLED: 'disabled', ENABLED: 'enabled', COMPATIBLE: 'compatible' } as const;

function size(cluster: NewCluster): Partial<CreateReplicationGroupCommandInput> {
  const { clusterMode, shards, replicasPerShard, snapshot } = cluster;
  return clusterMode === 'ENABLED'
    ? { ClusterMode: 'enabled', NumNodeGroups: shards, ReplicasPerNodeGroup: replicasPerShard }
    : // The default of a snapshot would be the mode of its cluster.
      { NumCacheClusters: 1 + replicasPerShard, ...(snapshot !== undefined && { ClusterMode: 'disabled' as const }) };
}

/** Sends the mode only if it is not ElastiCache's default, because engines before 7.0.5 refuse the parameter. */
function transitEncryption(mode: TransitEncryption) {
  return {
    TransitEncryptionEnabled: mode !== 'DISABLED',
    ...(mode === 'PREFERRED' && { TransitEncryptionMode: 'preferred' as const }),
  };
}

/** A modification requires the mode in both directions, from `preferred` to `required` and back. */
function modifiedTransitEncryption(mode: TransitEncryption): Partial<ModifyReplicationGroupCommandInput> {
  return mode === 'DISABLED'
    ? { TransitEncryptionEnabled: false }
    : { TransitEncryptionEnabled: true, TransitEncryptionMode: mode === 'PREFERRED' ? 'preferred' : 'required' };
}

export function someOf<Item>(items: readonly Item[]): Item[] | undefined {
  return items.length > 0 ? [...items] : undefined;
}
