import type { DeleteReplicationGroupMessage, DeleteReplicationGroupResult } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { addSnapshot } from '../../lifecycle/snapshots/snapshot-records.js';
import { newSnapshotName } from '../snapshots/create-snapshot.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { refuseGiven } from '../shared/refuse.js';

/**
 * Answers with status `deleting`. The group disappears once its processes and files are gone, and stays if its final
 * snapshot fails.
 */
export function deleteReplicationGroup(
  { account, groups, snapshots, afterStored }: ChangeContext,
  input: Decoded<DeleteReplicationGroupMessage>,
): DeleteReplicationGroupResult {
  const group = findReplicationGroup(account.state, input.ReplicationGroupId);
  refuseGiven(input, ['RetainPrimaryCluster']);
  requireStatus(group, ['available', 'create-failed', 'restore-failed'], 'deletion');

  const topology = groups.topology(group.id);
  const finalName = input.FinalSnapshotIdentifier;
  if (finalName !== undefined) {
    requireStatus(group, ['available'], 'a final snapshot');
    const name = newSnapshotName(account.state, finalName, 'FinalSnapshotIdentifier');
    addSnapshot(account.state, group, topology, { name, source: 'manual', isFinal: true, at: snapshots.now() });
    afterStored(() => snapshots.take(name));
  } else afterStored(() => groups.remove(group.id));
  group.status = 'deleting';
  const answer = replicationGroupView(account, group, topology);
  return { ReplicationGroup: answer };
}
