import type { Account, AccountDraft } from '../state/account.js';
import { resourceOf, sentenceTitle } from '../state/cache-clusters.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { State } from '../state/region-state.js';
import { beginRemovalOfTemporaryNodes, settlePendingChanges } from './apply-pending-changes.js';
import { clusterModeOf } from './cluster-mode.js';
import type { Groups } from './groups.js';
import { completeReboots } from './reboot-nodes.js';
import { forgetSnapshot, recordOutcome } from './snapshots/snapshot-records.js';

/** Completes in the state the changes of users and user groups that an earlier run did not finish. */
export function completeChanges(draft: AccountDraft): void {
  const { state } = draft;
  const deleted = new Set(state.users.filter(({ status }) => status === 'deleting').map(({ id }) => id));
  state.users = state.users.filter(({ id }) => !deleted.has(id));
  state.userGroups = state.userGroups.filter(({ status }) => status !== 'deleting');
  for (const user of state.users) user.status = 'active';
  for (const group of state.userGroups) {
    group.status = 'active';
    group.pending = undefined;
    group.userIds = group.userIds.filter((id) => !deleted.has(id));
  }
  removeIncompleteSnapshots(draft);
  completeReboots(state);
  for (const group of state.replicationGroups) {
    group.pendingAuthToken = undefined;
    group.pendingUserGroups = undefined;
    reportHandOver(draft, group);
    // All nodes start now, with the new values. If it is unknown whether their data fit, they start with the earlier ones, and
    // are changed then.
    if (group.pendingChanges?.isChecked === true) settlePendingChanges(draft, group, false);
    beginRemovalOfTemporaryNodes(group);
    reportModeChange(draft, group);
    if (['available', 'snapshotting', 'restore-failed'].includes(group.status)) group.status = 'modifying';
  }
}

/** A failover by request is a test, or has a reason that may be over: neither it nor a promotion is repeated. */
function reportHandOver({ record }: AccountDraft, group: ReplicationGroupRecord): void {
  const { id, failingOver, promotingNode } = group;
  const report = (change: string): void =>
    record('replication-group', id, `The ${change} was interrupted: the endpoint ended. It is not repeated.`);
  if (failingOver !== undefined) report(`failover of node group ${failingOver} of replication group ${id}`);
  if (promotingNode !== undefined) report(`promotion of node ${promotingNode}`);
  Object.assign(group, { failingOver: undefined, promotingNode: undefined } satisfies Partial<ReplicationGroupRecord>);
}

/** The nodes start in the recorded mode, which is the former one if they still ran in it. */
function reportModeChange({ record }: AccountDraft, group: ReplicationGroupRecord): void {
  if (group.pendingClusterMode === undefined) return;
  const mode = clusterModeOf(group);
  const outcome = mode === group.pendingClusterMode.mode ? 'is complete' : `was undone: it is ${mode}`;
  record('replication-group', group.id, `The interrupted change of the cluster mode ${outcome}.`);
  group.pendingClusterMode = undefined;
}

/** A group whose final snapshot is incomplete is not deleted. */
function removeIncompleteSnapshots(draft: AccountDraft): void {
  const { state, record } = draft;
  for (const snapshot of (state.snapshots ?? []).filter(({ status }) => status === 'creating')) {
    recordOutcome(draft, snapshot, 'the endpoint ended before the snapshot was complete, and has removed it.');
    forgetSnapshot(draft, snapshot.folder);
    const group = snapshot.isFinal && groupToKeep(state, snapshot.group.id);
    if (!group) continue;
    group.status = 'modifying';
    const { id, sourceType } = resourceOf(group);
    record(sourceType, id, `${sentenceTitle(group)} is kept: it has no final snapshot yet.`);
  }
}

function groupToKeep({ replicationGroups }: State, groupId: string) {
  return replicationGroups.find(({ id, status }) => id === groupId && status === 'deleting');
}

/** Starts the groups again with their data and ports, and finishes interrupted creations and deletions. */
export function resume({ state }: Account, groups: Groups): void {
  for (const { id, status } of state.replicationGroups) {
    if (status === 'deleting') groups.remove(id);
    else if (status !== 'create-failed') groups.launch(id);
  }
}
