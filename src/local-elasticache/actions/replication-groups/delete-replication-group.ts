import type { DeleteReplicationGroupMessage, DeleteReplicationGroupResult } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { refuseGiven } from '../shared/refuse.js';

/** Answers with status `deleting`. The group disappears once its processes and files are gone. */
export function deleteReplicationGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<DeleteReplicationGroupMessage>,
): DeleteReplicationGroupResult {
  const group = findReplicationGroup(account.state, input.ReplicationGroupId);
  refuseGiven(input, ['FinalSnapshotIdentifier', 'RetainPrimaryCluster']);
  requireStatus(group, ['available', 'create-failed', 'restore-failed'], 'deletion');

  group.status = 'deleting';
  const answer = replicationGroupView(account, group, groups.topology(group.id));
  afterStored(() => groups.remove(group.id));
  return { ReplicationGroup: answer };
}
