import { InvalidCacheClusterStateFault$ } from '@aws-sdk/client-elasticache';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { fault } from '../../wire/fault.js';
import type { Member } from '../shared/lookup.js';

/** @throws AwsFault InvalidCacheClusterState if the cache cluster, or the group to which it belongs, has none of the statuses */
export function requireClusterStatus(
  { group, node }: Member,
  allowed: readonly ReplicationGroupRecord['status'][],
  purpose: string,
): void {
  if (allowed.includes(group.status)) return;
  throw invalidClusterState(`Cache cluster ${node.id} has status ${group.status} which is not valid for ${purpose}.`);
}

export function invalidClusterState(message: string): Error {
  return fault(InvalidCacheClusterStateFault$, message);
}
