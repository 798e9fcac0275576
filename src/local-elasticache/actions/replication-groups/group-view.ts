import type {
  Endpoint,
  NodeGroup,
  NodeGroupMember,
  ReplicationGroup,
  ReplicationGroupPendingModifiedValues,
} from '@aws-sdk/client-elasticache';
import type { GroupTopology, NodeState } from '../../nodes/interfaces.js';
import { clusterModeOf } from '../../lifecycle/cluster-mode.js';
import type { AccountView } from '../../state/account.js';
import { logDeliveryViews } from '../shared/log-delivery.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';

/**
 * Converts a replication group to the output of DescribeReplicationGroups. Endpoints and roles are present while its
 * nodes run.
 */
export function replicationGroupView(
  { arn }: AccountView,
  group: ReplicationGroupRecord,
  topology: GroupTopology | undefined,
): ReplicationGroup {
  const nodes = group.shards.flatMap((shard) => shard.nodes);
  return {
    ReplicationGroupId: group.id,
    Description: group.description,
    GlobalReplicationGroupInfo: {},
    Status: group.status,
    PendingModifiedValues: pendingView(group, topology),
    MemberClusters: nodes.map(({ id }) => id),
    NodeGroups: group.shards.map((shard) => nodeGroupView(group, shard, topology)),
    SnapshottingClusterId:
      group.clusterMode || group.snapshotRetentionDays === 0
        ? undefined
        : (nodes.find(({ id }) => id === group.snapshottingNode) ?? nodes.at(-1))?.id,
    AutomaticFailover: group.automaticFailover ? 'enabled' : 'disabled',
    MultiAZ: group.multiAz ? 'enabled' : 'disabled',
    ConfigurationEndpoint: group.clusterMode ? endpointOf(configurationNode(topology)) : undefined,
    SnapshotRetentionLimit: group.snapshotRetentionDays,
    SnapshotWindow: group.snapshotWindow,
    ClusterEnabled: group.clusterMode,
    ClusterMode: clusterModeOf(group),
    CacheNodeType: group.nodeType,
    AuthTokenEnabled: group.authTokenHashes.length > 0,
    AuthTokenLastModifiedDate:
      group.authTokenModifiedAt === undefined ? undefined : new Date(group.authTokenModifiedAt),
    TransitEncryptionEnabled: group.tls,
    TransitEncryptionMode: group.tls ? 'required' : undefined,
    AtRestEncryptionEnabled: group.atRestEncryption,
    KmsKeyId: group.kmsKeyId,
    ARN: arn('replicationgroup', group.id),
    UserGroupIds: group.userGroupIds,
    LogDeliveryConfigurations: logDeliveryViews(group.logDelivery),
    ReplicationGroupCreateTime: new Date(group.createdAt),
    DataTiering: group.dataTiering ? 'enabled' : 'disabled',
    Durability: group.durability ?? 'default',
    EffectiveDurability: group.durability === 'async' ? 'async' : 'disabled',
    AutoMinorVersionUpgrade: group.autoMinorVersionUpgrade,
    NetworkType: 'ipv4',
    IpDiscovery: 'ipv4',
    Engine: group.engine.toLowerCase(),
  };
}

/** Running nodes of a shard, by ID. */
export function shardNodes(topology: GroupTopology | undefined, shardId: string): ReadonlyMap<string, NodeState> {
  const shard = topology?.shards.find(({ id }) => id === shardId);
  return new Map((shard?.nodes ?? []).map((node) => [node.id, node]));
}

export function endpointOf(node: NodeState | undefined): Endpoint | undefined {
  return node && { Address: node.host, Port: node.port };
}

function nodeGroupView(
  group: ReplicationGroupRecord,
  shard: ShardRecord,
  topology: GroupTopology | undefined,
): NodeGroup {
  const running = shardNodes(topology, shard.id);
  const nodes = [...running.values()];
  const primary = nodes.find(({ role }) => role === 'primary');
  const replica = nodes.find(({ role, health }) => role === 'replica' && health === 'available');
  return {
    NodeGroupId: shard.id,
    Status: shardStatus(group, shard),
    Slots: group.clusterMode && shard.slots !== '' ? shard.slots : undefined,
    // In cluster mode compatible, clients without cluster mode still use them.
    ...(clusterModeOf(group) !== 'enabled' && {
      PrimaryEndpoint: endpointOf(primary),
      ReaderEndpoint: endpointOf(replica ?? primary),
    }),
    NodeGroupMembers: shard.nodes.map((node): NodeGroupMember => ({
      CacheClusterId: node.id,
      CacheNodeId: '0001',
      PreferredAvailabilityZone: node.availabilityZone,
      ...(clusterModeOf(group) === 'enabled'
        ? {}
        : { ReadEndpoint: endpointOf(running.get(node.id)), CurrentRole: running.get(node.id)?.role }),
    })),
  };
}

function shardStatus({ status, targetShards }: ReplicationGroupRecord, { id, slots }: ShardRecord): string {
  if (status.endsWith('failed') || status === 'snapshotting') return 'available';
  if (targetShards && !targetShards.some((shard) => shard.id === id)) return 'deleting';
  return targetShards && slots === '' ? 'creating' : status;
}

/** Any node can redirect to all slots, so the first available one serves as configuration endpoint. */
function configurationNode(topology: GroupTopology | undefined): NodeState | undefined {
  const nodes = (topology?.shards ?? []).flatMap((shard) => shard.nodes);
  return nodes.find(({ health }) => health === 'available') ?? nodes[0];
}

function pendingView(
  { pendingUserGroups: pending, pendingAuthToken, promotingNode, pendingClusterMode }: ReplicationGroupRecord,
  topology: GroupTopology | undefined,
): ReplicationGroupPendingModifiedValues {
  const percent = topology?.reshardingPercent;
  return {
    PrimaryClusterId: promotingNode,
    ClusterMode: pendingClusterMode?.mode,
    AuthTokenStatus: pendingAuthToken,
    Resharding: percent === undefined ? undefined : { SlotMigration: { ProgressPercentage: percent } },
    UserGroups: pending && { UserGroupIdsToAdd: pending.add, UserGroupIdsToRemove: pending.remove },
  };
}
