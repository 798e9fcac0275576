import { InvalidUserGroupStateFault$, type DeleteUserGroupMessage, type UserGroup } from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { findUserGroup } from '../shared/lookup.js';
import { groupsThatUse, userGroupView } from './user-group-view.js';

export function deleteUserGroup({ account }: ChangeContext, input: Decoded<DeleteUserGroupMessage>): UserGroup {
  const { state } = account;
  const group = findUserGroup(state, input.UserGroupId);
  const users = groupsThatUse(state, group.id);
  if (users.length > 0) {
    const message = `User group ${group.id} is associated with replication groups: ${users.join(', ')}. Remove it there first.`;
    throw fault(InvalidUserGroupStateFault$, message);
  }
  if (group.status !== 'active') {
    const message = `User group ${group.id} has status ${group.status}. Only active user groups can be deleted.`;
    throw fault(InvalidUserGroupStateFault$, message);
  }
  const answer = userGroupView(account, { ...group, status: 'deleting' });
  state.userGroups = state.userGroups.filter((other) => other !== group);
  Reflect.deleteProperty(state.tags, account.arn('usergroup', group.id));
  account.record('user-group', group.id, `User group ${group.id} deleted`);
  return answer;
}
