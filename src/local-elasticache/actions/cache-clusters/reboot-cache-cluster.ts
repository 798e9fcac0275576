import type { RebootCacheClusterMessage, RebootCacheClusterResult } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { beginReboot, rebootingNodes } from '../../lifecycle/reboot-nodes.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { shardNodes } from '../replication-groups/group-view.js';
import { findCacheCluster, type Member } from '../shared/lookup.js';
import { invalidClusterState } from './cache-cluster-state.js';
import { cacheClusterView } from './cache-cluster-view.js';

/**
 * Answers with status `rebooting cluster nodes`. The node becomes `available` when its process serves again. Several nodes
 * of a group may be rebooted at the same time.
 */
export function rebootCacheCluster(
  { account, groups, afterStored }: ChangeContext,
  { CacheClusterId, CacheNodeIdsToReboot: nodeIds }: Decoded<RebootCacheClusterMessage>,
): RebootCacheClusterResult {
  const member = findCacheCluster(account.state, CacheClusterId);
  const { group, shard, node } = member;
  requireOnlyNode(nodeIds);
  const topology = groups.topology(group.id);
  requireRebootable(member, shardNodes(topology, shard.id).get(node.id)?.health === 'available');

  beginReboot(group, node);
  const answer = cacheClusterView(account, member, topology, false);
  afterStored(() => groups.reboot(group.id, node.id));
  return { CacheCluster: answer };
}

/** A cache cluster of Valkey or Redis has one node. */
function requireOnlyNode(nodeIds: readonly string[]): void {
  if (nodeIds.length === 0) throw invalidInput('CacheNodeIdsToReboot must contain at least one cache node ID.');
  const unknown = nodeIds.find((id) => id !== '0001');
  if (unknown !== undefined) throw invalidInput(`Cache node ${unknown.slice(0, 40)} does not exist: expected 0001.`);
}

function requireRebootable({ group, node }: Member, isAvailable: boolean): void {
  if (group.clusterMode) {
    throw invalidClusterState('Rebooting is not supported on Valkey or Redis OSS (cluster mode enabled) clusters.');
  }
  const isUnchanged =
    group.status === 'available' || (group.status === 'modifying' && rebootingNodes(group).length > 0);
  if (isUnchanged && !node.isRebooting && isAvailable) return;
  throw invalidClusterState(`Cache cluster ${node.id} is not in the available state.`);
}
