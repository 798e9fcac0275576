import type { CacheCluster } from '@aws-sdk/client-elasticache';
import type { Cluster, ClusterNode, NodeStatus } from '../../../../domain/cluster/cluster.js';
import { clusterStatuses, notificationTopicOf, transitEncryptionOf } from './cluster-shape.js';
import { pendingChangesOf } from './pending-changes-shape.js';
import { endpointOf, engineOf, oneOf } from '../shapes.js';
import { needsReboot, nodeStatuses } from './shard-shape.js';

/** Whether it is a cluster of this API: not a node of a replication group, and not Memcached. */
export function isStandalone({ ReplicationGroupId: groupId = '', Engine }: CacheCluster): boolean {
  return groupId === '' && engineOf(Engine) !== null;
}

/** Converts a cache cluster that belongs to no replication group to a cluster of one node. */
export function clusterOfCacheCluster(cacheCluster: CacheCluster): Cluster {
  const name = cacheCluster.CacheClusterId ?? '';
  const endpoint = endpointOf(cacheCluster.CacheNodes?.[0]?.Endpoint);
  const status = oneOf(cacheCluster.CacheClusterStatus, clusterStatuses) ?? 'UNKNOWN';
  return {
    name,
    source: 'ELASTICACHE',
    isCacheCluster: true,
    description: null,
    arn: cacheCluster.ARN ?? null,
    status,
    engine: engineOf(cacheCluster.Engine),
    engineVersion: cacheCluster.EngineVersion ?? null,
    nodeType: cacheCluster.CacheNodeType ?? null,
    clusterMode: 'DISABLED',
    shards: [
      {
        clusterName: name,
        name: '0001',
        status: status === 'CREATING' || status === 'DELETING' ? status : 'AVAILABLE',
        slots: null,
        primary: nodeOf(name, cacheCluster),
        replicas: [],
      },
    ],
    primaryEndpoint: endpoint,
    readerEndpoint: null,
    configurationEndpoint: null,
    database: 0,
    automaticFailover: 'DISABLED',
    multiAz: false,
    transitEncryption: transitEncryptionOf(cacheCluster),
    atRestEncryption: cacheCluster.AtRestEncryptionEnabled ?? null,
    snapshotRetentionDays: cacheCluster.SnapshotRetentionLimit ?? null,
    maintenanceWindow: cacheCluster.PreferredMaintenanceWindow ?? null,
    snapshotWindow: cacheCluster.SnapshotWindow ?? null,
    autoMinorVersionUpgrade: cacheCluster.AutoMinorVersionUpgrade ?? null,
    notificationTopicArn: notificationTopicOf(cacheCluster),
    parameterGroup: cacheCluster.CacheParameterGroup?.CacheParameterGroupName ?? null,
    subnetGroup: cacheCluster.CacheSubnetGroupName ?? null,
    securityGroupIds: cacheCluster.SecurityGroups?.flatMap(({ SecurityGroupId }) => SecurityGroupId ?? []) ?? null,
    userGroupIds: [],
    authTokenEnabled: cacheCluster.AuthTokenEnabled ?? false,
    pendingChanges: pendingChangesOf({}, [cacheCluster]),
    createdAt: cacheCluster.CacheClusterCreateTime ?? null,
  };
}

function nodeOf(clusterName: string, cacheCluster: CacheCluster): ClusterNode {
  const { CacheClusterStatus: status, CacheNodes, PreferredAvailabilityZone: zone } = cacheCluster;
  return {
    clusterName,
    name: clusterName,
    role: 'PRIMARY',
    endpoint: endpointOf(CacheNodes?.[0]?.Endpoint),
    status: oneOf<NodeStatus>(status, nodeStatuses) ?? (status === undefined ? null : 'UNKNOWN'),
    needsReboot: needsReboot(cacheCluster),
    availabilityZone: zone ?? null,
  };
}
