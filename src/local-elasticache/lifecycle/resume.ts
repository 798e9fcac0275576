import type { Account, AccountDraft } from '../state/account.js';
import type { Groups } from './groups.js';

/** Completes in the state the changes of users and user groups that an earlier run did not finish. */
export function completeChanges({ state }: AccountDraft): void {
  const deleted = new Set(state.users.filter(({ status }) => status === 'deleting').map(({ id }) => id));
  state.users = state.users.filter(({ id }) => !deleted.has(id));
  state.userGroups = state.userGroups.filter(({ status }) => status !== 'deleting');
  for (const user of state.users) user.status = 'active';
  for (const group of state.userGroups) {
    group.status = 'active';
    group.pending = undefined;
    group.userIds = group.userIds.filter((id) => !deleted.has(id));
  }
  for (const group of state.replicationGroups) {
    group.pendingUserGroups = undefined;
    if (group.status === 'available' || group.status === 'restore-failed') group.status = 'modifying';
  }
}

/** Starts the groups again with their data and ports, and finishes interrupted creations and deletions. */
export function resume({ state }: Account, groups: Groups): void {
  for (const { id, status } of state.replicationGroups) {
    if (status === 'deleting') groups.remove(id);
    else if (status !== 'create-failed') groups.launch(id);
  }
}
