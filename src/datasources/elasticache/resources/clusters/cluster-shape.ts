import type { CacheCluster, ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Cluster, ClusterMode, ClusterStatus, TransitEncryption } from '../../../../domain/cluster/cluster.js';
import { awsWords } from '../aws-words.js';
import { endpointOf, engineOf, oneOf } from '../shapes.js';
import { pendingChangesOf } from './pending-changes-shape.js';
import { shardOf } from './shard-shape.js';

export const clusterStatuses: Readonly<Record<string, ClusterStatus>> = {
  creating: 'CREATING',
  available: 'AVAILABLE',
  modifying: 'MODIFYING',
  'rebooting cluster nodes': 'REBOOTING',
  deleting: 'DELETING',
  snapshotting: 'SNAPSHOTTING',
  'create-failed': 'CREATE_FAILED',
  'restore-failed': 'CREATE_FAILED',
};

/** Converts a replication group to a cluster. Facts that only its nodes report come from `members`. */
export function clusterOf(group: ReplicationGroup, members: readonly CacheCluster[]): Cluster {
  const name = group.ReplicationGroupId ?? '';
  const nodeGroup = group.ClusterEnabled === true ? undefined : group.NodeGroups?.[0];
  const [member] = members;
  const cacheClusters = new Map(members.map((node) => [node.CacheClusterId, node]));
  return {
    name,
    source: 'ELASTICACHE',
    isCacheCluster: false,
    description: group.Description ?? null,
    arn: group.ARN ?? null,
    status: oneOf(group.Status, clusterStatuses) ?? 'UNKNOWN',
    engine: engineOf(group.Engine ?? member?.Engine),
    engineVersion: member?.EngineVersion ?? null,
    nodeType: group.CacheNodeType ?? member?.CacheNodeType ?? null,
    clusterMode: clusterModeOf(group),
    shards: group.NodeGroups?.map((shard) => shardOf(name, shard, cacheClusters)) ?? null,
    primaryEndpoint: endpointOf(nodeGroup?.PrimaryEndpoint),
    readerEndpoint: endpointOf(nodeGroup?.ReaderEndpoint),
    configurationEndpoint: endpointOf(group.ConfigurationEndpoint),
    database: 0,
    automaticFailover: oneOf(group.AutomaticFailover, awsWords.failoverStates) ?? null,
    multiAz: group.MultiAZ === undefined ? null : group.MultiAZ === 'enabled',
    transitEncryption: transitEncryptionOf(group),
    atRestEncryption: group.AtRestEncryptionEnabled ?? null,
    snapshotRetentionDays: group.SnapshotRetentionLimit ?? null,
    maintenanceWindow: member?.PreferredMaintenanceWindow ?? null,
    snapshotWindow: group.SnapshotWindow ?? null,
    autoMinorVersionUpgrade: group.AutoMinorVersionUpgrade ?? member?.AutoMinorVersionUpgrade ?? null,
    notificationTopicArn: notificationTopicOf(member),
    parameterGroup: member?.CacheParameterGroup?.CacheParameterGroupName ?? null,
    subnetGroup: member?.CacheSubnetGroupName ?? null,
    securityGroupIds: member?.SecurityGroups?.flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []) ?? null,
    userGroupIds: group.UserGroupIds ?? [],
    authTokenEnabled: group.AuthTokenEnabled ?? false,
    pendingChanges: pendingChangesOf(group, members),
    createdAt: group.ReplicationGroupCreateTime ?? null,
  };
}

function clusterModeOf({ ClusterMode: mode, ClusterEnabled: enabled }: ReplicationGroup): ClusterMode | null {
  const reported = oneOf(mode, awsWords.clusterModes);
  if (reported !== undefined) return reported;
  if (enabled === undefined) return null;
  return enabled ? 'ENABLED' : 'DISABLED';
}

export function transitEncryptionOf(
  group: Pick<ReplicationGroup, 'TransitEncryptionEnabled' | 'TransitEncryptionMode'>,
): TransitEncryption | null {
  if (group.TransitEncryptionEnabled === undefined) return null;
  if (!group.TransitEncryptionEnabled) return 'DISABLED';
  return group.TransitEncryptionMode === 'preferred' ? 'PREFERRED' : 'REQUIRED';
}

/** Null if no notifications are sent. */
export function notificationTopicOf(member: CacheCluster | undefined): string | null {
  const { TopicArn, TopicStatus } = member?.NotificationConfiguration ?? {};
  return TopicStatus === 'inactive' ? null : (TopicArn ?? null);
}
