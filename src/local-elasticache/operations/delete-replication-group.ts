import type { DeleteReplicationGroupMessage, DeleteReplicationGroupResult } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../wire/decode.js';
import type { Endpoint } from './endpoint.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from './lookup.js';
import { refuseGiven } from './refuse.js';

/** Answers `deleting`; the group is not found any more once its processes and files are gone. */
export async function deleteReplicationGroup(
  { account, groups }: Endpoint,
  input: Decoded<DeleteReplicationGroupMessage>,
): Promise<DeleteReplicationGroupResult> {
  const group = findReplicationGroup(account.state, input.ReplicationGroupId);
  refuseGiven(input, ['FinalSnapshotIdentifier', 'RetainPrimaryCluster']);
  requireStatus(group, ['available', 'create-failed', 'restore-failed'], 'deletion');

  group.status = 'deleting';
  await account.save();
  const answer = replicationGroupView(account, group, groups.topology(group.id));
  groups.remove(group);
  return { ReplicationGroup: answer };
}
