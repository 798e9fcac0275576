import type { ModifyCacheClusterCommandInput } from '@aws-sdk/client-elasticache';
import type { ClusterModification } from '../../../../domain/cluster/new-cluster.js';
import { notifications, someOf } from './cluster-requests.js';

/** The request that modifies a cache cluster. It has what ElastiCache can change of one that belongs to no replication group. */
export function modifyCacheClusterRequest(change: ClusterModification): ModifyCacheClusterCommandInput {
  return {
    CacheClusterId: change.cluster,
    Engine: change.engine?.toLowerCase(),
    EngineVersion: change.engineVersion,
    CacheNodeType: change.nodeType,
    CacheParameterGroupName: change.parameterGroup,
    SecurityGroupIds: someOf(change.securityGroupIds),
    SnapshotRetentionLimit: change.snapshotRetentionDays,
    PreferredMaintenanceWindow: change.maintenanceWindow,
    SnapshotWindow: change.snapshotWindow,
    ...(change.notificationTopicArn !== undefined && notifications(change.notificationTopicArn)),
    AutoMinorVersionUpgrade: change.autoMinorVersionUpgrade,
    ApplyImmediately: change.applyImmediately,
  };
}
