import type { Snapshot } from '@aws-sdk/client-elasticache';
import type { AccountView } from '../../state/account.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { State } from '../../state/region-state.js';

const megabyte = 1024 * 1024;
/** Each local node has a port of its own, which belongs to no snapshot. */
const defaultPort = 6379;

/** Converts a snapshot to the output of DescribeSnapshots. */
export function snapshotView(
  { arn, state }: AccountView,
  snapshot: SnapshotRecord,
  showNodeGroupConfig = false,
): Snapshot {
  const { group, shards } = snapshot;
  const [first] = shards;
  const isOfOneNode = !group.clusterMode;
  return {
    SnapshotName: snapshot.name,
    ReplicationGroupId: snapshot.ofCacheCluster ? undefined : group.id,
    ReplicationGroupDescription: snapshot.ofCacheCluster ? undefined : group.description,
    CacheClusterId: isOfOneNode ? first?.nodeId : undefined,
    SnapshotStatus: snapshotStatus(state, snapshot),
    SnapshotSource: snapshot.source,
    CacheNodeType: group.nodeType,
    Engine: group.engine.toLowerCase(),
    EngineVersion: group.engineVersion,
    NumCacheNodes: isOfOneNode ? 1 : undefined,
    PreferredAvailabilityZone: isOfOneNode ? first?.availabilityZones[0] : undefined,
    CacheClusterCreateTime: isOfOneNode ? new Date(group.createdAt) : undefined,
    PreferredMaintenanceWindow: group.maintenanceWindow,
    TopicArn: group.notificationTopicArn,
    Port: defaultPort,
    CacheParameterGroupName: group.parameterGroup,
    CacheSubnetGroupName: group.subnetGroup,
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: group.snapshotWindow,
    NumNodeGroups: shards.length,
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    NodeSnapshots: shards.map((shard) => ({
      CacheClusterId: shard.nodeId,
      NodeGroupId: shard.id,
      NodeGroupConfiguration: showNodeGroupConfig
        ? {
            NodeGroupId: shard.id,
            Slots: shard.slots,
            ReplicaCount: shard.replicas,
            PrimaryAvailabilityZone: shard.availabilityZones[0],
            ReplicaAvailabilityZones: shard.availabilityZones.slice(1),
          }
        : undefined,
      CacheSize: shard.size === undefined ? undefined : sizeText(shard.size),
      CacheNodeCreateTime: new Date(shard.nodeCreatedAt),
      SnapshotCreateTime: shard.savedAt === undefined ? undefined : new Date(shard.savedAt),
    })),
    KmsKeyId: snapshot.kmsKeyId,
    ARN: arn('snapshot', snapshot.name),
    DataTiering: 'disabled',
  };
}

/** A snapshot is being restored or copied while a group or a copy is created from it. */
export function snapshotStatus({ replicationGroups, snapshots = [] }: State, { name, status }: SnapshotRecord): string {
  if (status !== 'available') return status;
  if (replicationGroups.some((group) => group.restoredFrom === name && group.status === 'creating')) return 'restoring';
  return snapshots.some((other) => other.copyOf === name && other.status === 'creating') ? 'copying' : status;
}

/** ElastiCache writes sizes as `5 MB`. */
function sizeText(bytes: number): string {
  return `${Math.max(1, Math.ceil(bytes / megabyte))} MB`;
}
