import type { DeleteCacheClusterMessage, DeleteCacheClusterResult } from '@aws-sdk/client-elasticache';
import { addSnapshot } from '../../lifecycle/snapshots/snapshot-records.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { beginScaling, requireScalable } from '../scaling/begin-scaling.js';
import { findCacheCluster, type Member } from '../shared/lookup.js';
import { invalidCombination, refuseGiven } from '../shared/refuse.js';
import { newSnapshotName } from '../snapshots/create-snapshot.js';
import { invalidClusterState, refusedStatus, requireClusterStatus } from './cache-cluster-state.js';
import { described } from './create-cache-cluster.js';

type Request = Decoded<DeleteCacheClusterMessage>;

/**
 * Answers with status `deleting`. The cache cluster disappears once its process and files are gone, and stays if its
 * final snapshot fails. A replica leaves its replication group.
 */
export function deleteCacheCluster(context: ChangeContext, input: Request): DeleteCacheClusterResult {
  const member = findCacheCluster(context.account.state, input.CacheClusterId);
  if (member.group.isStandalone) deleteStandalone(context, member, input);
  else removeReplica(context, member, input);
  return { CacheCluster: described(context, member.node.id) };
}

function deleteStandalone(context: ChangeContext, member: Member, { FinalSnapshotIdentifier: finalName }: Request) {
  const { account, groups, snapshots, afterStored } = context;
  const { group } = member;
  requireDeletable(groups, member, ['available', 'create-failed', 'restore-failed']);
  if (finalName) {
    requireClusterStatus(groups, member, ['available'], 'a final snapshot');
    const name = newSnapshotName(account.state, finalName, 'FinalSnapshotIdentifier');
    const at = snapshots.now();
    addSnapshot(account.state, group, groups.topology(group.id), { name, source: 'manual', isFinal: true, at });
    afterStored(() => snapshots.take(name));
  } else afterStored(() => groups.remove(group.id));
  group.status = 'deleting';
}

function removeReplica(context: ChangeContext, member: Member, input: Request): void {
  const { groups } = context;
  const { group, shard, node } = member;
  if (group.clusterMode) {
    throw invalidCombination(
      `Cache cluster ${node.id} belongs to replication group ${group.id}, which has cluster mode enabled: use DecreaseReplicaCount.`,
    );
  }
  refuseGiven(input, ['FinalSnapshotIdentifier']);
  requireDeletable(groups, member, ['available']);
  requireScalable(group);
  const running = groups.topology(group.id)?.shards.flatMap(({ nodes }) => nodes) ?? [];
  const primary = running.find(({ role }) => role === 'primary')?.id ?? shard.nodes[0]?.id;
  if (shard.nodes.length === 1) {
    throw invalidClusterState(
      `Cache cluster ${node.id} is the only member of a replication group and cannot be deleted. To delete the entire replication group, use DeleteReplicationGroup.`,
    );
  }
  if (node.id === primary) {
    throw invalidClusterState(
      `Cache cluster ${node.id} is serving as primary for replication group ${group.id} and cannot be deleted. To delete the entire replication group, use DeleteReplicationGroup.`,
    );
  }
  if (group.multiAz || (group.automaticFailover && shard.nodes.length === 2)) {
    const why = group.multiAz ? 'Multi-AZ is enabled' : 'automatic failover requires a replica';
    throw invalidClusterState(`Cache cluster ${node.id} cannot be deleted: ${why} in replication group ${group.id}.`);
  }
  beginScaling(context, group, [{ ...shard, nodes: shard.nodes.filter(({ id }) => id !== node.id) }]);
}

/** @throws AwsFault InvalidCacheClusterState, in AWS's words, if the cache cluster or its group has none of the statuses */
function requireDeletable(
  groups: ChangeContext['groups'],
  member: Member,
  allowed: readonly ReplicationGroupRecord['status'][],
): void {
  const { group, node } = member;
  if (allowed.includes(group.status)) return;
  const { status, isOfGroup } = refusedStatus(groups, member);
  const found = isOfGroup ? `Replication group ${group.id} of cluster ${node.id}` : `Cluster ${node.id}`;
  throw invalidClusterState(
    `Can only delete cache clusters with state in: available, failed, incompatible-parameters, incompatible-network, restore-failed, recovering. ${found} has state: ${status}.`,
  );
}
