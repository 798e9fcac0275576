import { InvalidUserGroupStateFault$, type ModifyUserGroupMessage, type UserGroup } from '@aws-sdk/client-elasticache';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { invalidInput } from '../../../domain/errors.js';
import { checkGroupMembers } from '../../../domain/user/user-group-members.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import { activeUserIds, checkGroupSize } from './create-user-group.js';
import type { ChangeContext } from '../action-context.js';
import { findUserGroup } from '../shared/lookup.js';
import { groupMembers, userGroupView } from './user-group-view.js';

/**
 * Answers with status `modifying` and the pending changes. The group becomes `active` when the affected nodes have
 * applied them.
 */
export function modifyUserGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<ModifyUserGroupMessage>,
): UserGroup {
  const { state } = account;
  const group = findUserGroup(state, input.UserGroupId);
  if (group.status !== 'active') {
    const message = `User group ${group.id} has status ${group.status}. Only active user groups can be modified.`;
    throw fault(InvalidUserGroupStateFault$, message);
  }
  const add = activeUserIds(state, input.UserIdsToAdd ?? []);
  const remove = (input.UserIdsToRemove ?? []).map((id) => id.toLowerCase());
  const engine = input.Engine === undefined ? group.engine : engineNamed(input.Engine);
  if (add.length + remove.length === 0 && engine === group.engine) {
    throw invalidInput('Expected a change: users to add, users to remove or another engine.');
  }
  checkMembership(group.userIds, add, remove);
  const userIds = [...group.userIds.filter((id) => !remove.includes(id)), ...add];
  checkGroupMembers(engine, groupMembers(state, userIds));
  checkGroupSize(userIds.length);

  const answer = { ...userGroupView(account, { ...group, status: 'modifying', pending: { add, remove } }) };
  Object.assign(group, { status: 'modifying', engine, userIds, pending: { add, remove } });
  account.record('user-group', group.id, `User group ${group.id} modified`);
  afterStored(() =>
    groups.inBackground(`syncing the nodes of user group ${group.id}`, async () => {
      await groups.syncNodes();
      await groups.change((draft) => {
        Object.assign(findUserGroup(draft.state, group.id), { status: 'active', pending: undefined });
      });
    }),
  );
  return answer;
}

function checkMembership(present: readonly string[], add: readonly string[], remove: readonly string[]): void {
  const repeated = add.find((id, index) => add.indexOf(id) < index || remove.includes(id));
  if (repeated !== undefined) throw invalidInput(`User ${repeated} is named twice.`);
  const existing = add.find((id) => present.includes(id));
  if (existing !== undefined) throw invalidInput(`User ${existing} is already a member of the user group.`);
  const missing = remove.find((id) => !present.includes(id));
  if (missing !== undefined) throw invalidInput(`User ${missing.slice(0, 60)} is not a member of the user group.`);
}
