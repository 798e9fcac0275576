import type { Account } from '../state/account.js';
import type { Groups } from './groups.js';

/**
 * Takes up what an earlier run has left: groups are started again with their data and ports, what was being created or
 * deleted is finished, and users and user groups, which change in memory, are as they were asked to be.
 */
export function resume({ state }: Account, groups: Groups): void {
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
    if (group.status === 'deleting') groups.remove(group);
    else if (group.status !== 'create-failed') {
      if (group.status !== 'creating') group.status = 'modifying';
      groups.launch(group);
    }
  }
}
