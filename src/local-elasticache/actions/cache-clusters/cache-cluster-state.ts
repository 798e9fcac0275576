import { InvalidCacheClusterStateFault$ } from '@aws-sdk/client-elasticache';
import type { Groups } from '../../lifecycle/groups.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { fault } from '../../wire/fault.js';
import { shardNodes } from '../replication-groups/group-view.js';
import type { Member } from '../shared/lookup.js';
import { nodeStatus } from './cache-cluster-view.js';

/** @throws AwsFault InvalidCacheClusterState if the cache cluster, or the group to which it belongs, has none of the statuses */
export function requireClusterStatus(
  groups: Pick<Groups, 'topology'>,
  member: Member,
  allowed: readonly ReplicationGroupRecord['status'][],
  purpose: string,
): void {
  const { group, node } = member;
  if (allowed.includes(group.status)) return;
  const { status, isOfGroup } = refusedStatus(groups, member);
  const found = isOfGroup
    ? `belongs to replication group ${group.id}, which has status ${status},`
    : `has status ${status}`;
  throw invalidClusterState(`Cache cluster ${node.id} ${found} which is not valid for ${purpose}.`);
}

/**
 * The status with which a change is refused: the one that is described. A node is described as available while its group
 * is modified; then it is the status of the group.
 */
export function refusedStatus(
  groups: Pick<Groups, 'topology'>,
  { group, shard, node }: Member,
): { readonly status: string; readonly isOfGroup: boolean } {
  const described = nodeStatus(group, node, shardNodes(groups.topology(group.id), shard.id).get(node.id));
  return described === 'available'
    ? { status: group.status, isOfGroup: true }
    : { status: described, isOfGroup: false };
}

export function invalidClusterState(message: string): Error {
  return fault(InvalidCacheClusterStateFault$, message);
}
