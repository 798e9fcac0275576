import {
  InvalidUserStateFault$,
  UserGroupAlreadyExistsFault$,
  UserGroupQuotaExceededFault$,
  type CreateUserGroupMessage,
  type UserGroup,
} from '@aws-sdk/client-elasticache';
import { engineNamed } from '../../../domain/cluster/engines.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { userGroupId } from '../../../domain/identifiers.js';
import { checkGroupMembers } from '../../../domain/user/user-group-members.js';
import type { UserGroupRecord } from '../../state/records/user-group.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { findUser, findUserGroup } from '../shared/lookup.js';
import { readTags } from '../tags/tag-input.js';
import { groupMembers, userGroupView } from './user-group-view.js';

const maxUserGroups = 100;
const maxMembers = 100;

export function createUserGroup(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<CreateUserGroupMessage>,
): UserGroup {
  const { state } = account;
  const id = userGroupId(input.UserGroupId);
  const engine = engineNamed(input.Engine);
  const userIds = activeUserIds(state, input.UserIds ?? []);
  checkGroupMembers(engine, groupMembers(state, userIds));
  checkGroupSize(userIds.length);
  const tags = readTags(input.Tags);
  if (state.userGroups.some((group) => group.id === id)) {
    throw fault(UserGroupAlreadyExistsFault$, `User group ${id} already exists.`);
  }
  if (state.userGroups.length >= maxUserGroups) {
    throw fault(UserGroupQuotaExceededFault$, `At most ${maxUserGroups} user groups are allowed.`);
  }

  const group: UserGroupRecord = { id, engine, status: 'creating', userIds };
  state.userGroups.push(group);
  state.tags[account.arn('usergroup', id)] = tags;
  account.record('user-group', id, `User group ${id} created`);
  const answer = userGroupView(account, group);
  afterStored(() =>
    groups.inBackground(`activating user group ${id}`, () =>
      groups.change((draft) => void (findUserGroup(draft.state, id).status = 'active')),
    ),
  );
  return answer;
}

/** Checks the users and returns their IDs as stored. @throws AwsFault UserNotFound, or InvalidUserState if one is not active */
export function activeUserIds(state: State, ids: readonly string[]): string[] {
  return ids.map((given) => {
    const { id, status } = findUser(state, given);
    if (status === 'deleting') {
      throw fault(InvalidUserStateFault$, `User ${id} has status ${status} and cannot be in a user group.`);
    }
    return id;
  });
}

/** Checks the quota of users per group. */
export function checkGroupSize(count: number): void {
  if (count <= maxMembers) return;
  throw new ExpectedFailure('QUOTA_EXCEEDED', `A user group holds at most ${maxMembers} users, got ${count}.`, {
    upstreamCode: 'UserQuotaExceeded',
  });
}
