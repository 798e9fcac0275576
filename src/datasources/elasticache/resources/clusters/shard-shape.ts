import type { CacheCluster, NodeGroup, NodeGroupMember } from '@aws-sdk/client-elasticache';
import type { ClusterNode, NodeRole, NodeStatus, Shard, ShardStatus } from '../../../../domain/cluster/cluster.js';
import { endpointOf, oneOf } from '../shapes.js';

const shardStatuses: Readonly<Record<string, ShardStatus>> = {
  creating: 'CREATING',
  available: 'AVAILABLE',
  modifying: 'MODIFYING',
  deleting: 'DELETING',
};

export const nodeStatuses: Readonly<Record<string, NodeStatus>> = {
  creating: 'CREATING',
  available: 'AVAILABLE',
  snapshotting: 'AVAILABLE',
  modifying: 'MODIFYING',
  'rebooting cluster nodes': 'REBOOTING',
  deleting: 'DELETING',
  deleted: 'DELETING',
  'incompatible-network': 'UNREACHABLE',
};

const nodeRoles: Readonly<Record<string, NodeRole>> = { primary: 'PRIMARY', replica: 'REPLICA' };

/** Converts a node group to a shard. The status and address of its nodes come from their cache clusters. */
export function shardOf(
  clusterName: string,
  group: NodeGroup,
  cacheClusters: ReadonlyMap<string | undefined, CacheCluster>,
): Shard {
  const nodes = (group.NodeGroupMembers ?? []).map((member) =>
    nodeOf(clusterName, member, cacheClusters.get(member.CacheClusterId)),
  );
  return {
    clusterName,
    name: group.NodeGroupId ?? '',
    status: oneOf(group.Status, shardStatuses) ?? (group.Status === undefined ? null : 'UNKNOWN'),
    slots: group.Slots ?? null,
    primary: nodes.find(({ role }) => role === 'PRIMARY') ?? null,
    replicas: nodes.filter(({ role }) => role !== 'PRIMARY'),
  };
}

function nodeOf(clusterName: string, member: NodeGroupMember, cacheCluster: CacheCluster | undefined): ClusterNode {
  const status = cacheCluster?.CacheClusterStatus;
  const cacheNode = cacheCluster?.CacheNodes?.find(
    ({ CacheNodeId }) => CacheNodeId === (member.CacheNodeId ?? CacheNodeId),
  );
  return {
    clusterName,
    name: member.CacheClusterId ?? '',
    role: oneOf(member.CurrentRole, nodeRoles) ?? null,
    endpoint: endpointOf(member.ReadEndpoint) ?? endpointOf(cacheNode?.Endpoint),
    status: oneOf(status, nodeStatuses) ?? (status === undefined ? null : 'UNKNOWN'),
    needsReboot: needsReboot(cacheCluster),
    availabilityZone: member.PreferredAvailabilityZone ?? cacheCluster?.PreferredAvailabilityZone ?? null,
  };
}

/** Whether a parameter waits until the node is rebooted. */
export function needsReboot({ CacheParameterGroup: group }: CacheCluster = {}): boolean | null {
  if (group?.ParameterApplyStatus === undefined) return null;
  return group.ParameterApplyStatus === 'pending-reboot' || (group.CacheNodeIdsToReboot ?? []).length > 0;
}
