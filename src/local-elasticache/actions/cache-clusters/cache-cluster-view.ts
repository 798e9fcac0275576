import type { CacheCluster } from '@aws-sdk/client-elasticache';
import type { GroupTopology, NodeState } from '../../nodes/interfaces.js';
import type { AccountView } from '../../state/account.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { NodeRecord } from '../../state/records/shard.js';
import { logDeliveryViews } from '../shared/log-delivery.js';
import { endpointOf, shardNodes } from '../replication-groups/group-view.js';
import type { Member } from '../shared/lookup.js';

/** Converts a node of a replication group, or a cache cluster in no group, to the output of DescribeCacheClusters. */
export function cacheClusterView(
  { arn }: AccountView,
  { group, shard, node }: Member,
  topology: GroupTopology | undefined,
  showNodes: boolean,
): CacheCluster {
  const running = shardNodes(topology, shard.id).get(node.id);
  const status = nodeStatus(group, node, running);
  const createdAt = new Date(node.createdAt);
  const parameterStatus = running?.needsReboot ? 'pending-reboot' : 'in-sync';
  return {
    CacheClusterId: node.id,
    ClientDownloadLandingPage: '',
    CacheNodeType: group.nodeType,
    Engine: group.engine.toLowerCase(),
    EngineVersion: group.engineVersion,
    CacheClusterStatus: status,
    NumCacheNodes: 1,
    PreferredAvailabilityZone: node.availabilityZone,
    CacheClusterCreateTime: createdAt,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    PendingModifiedValues: {
      CacheNodeType: group.pendingChanges?.nodeType,
      EngineVersion: group.pendingChanges?.engineVersion,
    },
    NotificationConfiguration:
      group.notificationTopicArn === undefined
        ? undefined
        : { TopicArn: group.notificationTopicArn, TopicStatus: group.notificationTopicStatus ?? 'active' },
    CacheSecurityGroups: [],
    CacheParameterGroup: {
      CacheParameterGroupName: group.parameterGroup,
      ParameterApplyStatus: parameterStatus,
      CacheNodeIdsToReboot: running?.needsReboot ? ['0001'] : [],
    },
    CacheSubnetGroupName: group.subnetGroup,
    CacheNodes: showNodes
      ? [
          {
            CacheNodeId: '0001',
            CacheNodeStatus: status,
            CacheNodeCreateTime: createdAt,
            Endpoint: endpointOf(running),
            ParameterGroupStatus: parameterStatus,
            CustomerAvailabilityZone: node.availabilityZone,
          },
        ]
      : undefined,
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SecurityGroups: group.securityGroupIds.map((id) => ({ SecurityGroupId: id, Status: 'active' })),
    ReplicationGroupId: group.isStandalone ? undefined : group.id,
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: group.snapshotWindow,
    AuthTokenEnabled: group.authTokenHashes.length > 0,
    TransitEncryptionEnabled: group.tls,
    TransitEncryptionMode: group.tls ? 'required' : undefined,
    AtRestEncryptionEnabled: group.atRestEncryption,
    ARN: arn('cluster', node.id),
    ReplicationGroupLogDeliveryEnabled: !group.isStandalone && (group.logDelivery ?? []).length > 0,
    LogDeliveryConfigurations: logDeliveryViews(group.logDelivery),
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
  };
}

/** The status of a node. One that is down is being restarted, which ElastiCache calls rebooting. */
export function nodeStatus(
  { status, targetShards, isStandalone, pendingChanges }: ReplicationGroupRecord,
  { id, isRebooting }: NodeRecord,
  running: NodeState | undefined,
): string {
  if (isRebooting && status === 'modifying') return 'rebooting cluster nodes';
  if (status === 'creating' || status === 'deleting' || status === 'snapshotting') return status;
  if (pendingChanges?.isApplying) return 'modifying';
  if (targetShards && !targetShards.some(({ nodes }) => nodes.some((node) => node.id === id))) return 'deleting';
  if (targetShards && running?.health !== 'available') return 'creating';
  if (status.endsWith('failed')) return 'restore-failed';
  if (running?.health !== 'available') return 'rebooting cluster nodes';
  // The nodes of a replication group stay available while their group is modified.
  return isStandalone && status === 'modifying' ? status : 'available';
}
