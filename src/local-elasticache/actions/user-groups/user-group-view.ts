import type { UserGroup } from '@aws-sdk/client-elasticache';
import type { GroupMember } from '../../../domain/user/user-group-members.js';
import type { AccountView } from '../../state/account.js';
import type { UserGroupRecord } from '../../state/records/user-group.js';
import type { State } from '../../state/region-state.js';
import { findUser } from '../shared/lookup.js';

/** Converts a user group to the output of DescribeUserGroups. */
export function userGroupView({ state, arn }: AccountView, group: UserGroupRecord): UserGroup {
  const { pending } = group;
  return {
    UserGroupId: group.id,
    Status: group.status,
    Engine: group.engine.toLowerCase(),
    // Pending members are not listed yet, as on AWS.
    UserIds: pending
      ? [
          ...group.userIds.filter((id) => !pending.add.includes(id)),
          ...pending.remove.filter((id) => !group.userIds.includes(id)),
        ]
      : group.userIds,
    MinimumEngineVersion: group.engine === 'VALKEY' ? '7.2' : '6.0',
    PendingChanges: pending && {
      ...(pending.add.length > 0 ? { UserIdsToAdd: pending.add } : {}),
      ...(pending.remove.length > 0 ? { UserIdsToRemove: pending.remove } : {}),
    },
    ReplicationGroups: groupsThatUse(state, group.id),
    ServerlessCaches: [],
    ARN: arn('usergroup', group.id),
  };
}

/** The IDs of the replication groups that use the user group. */
export function groupsThatUse({ replicationGroups }: State, userGroupId: string): string[] {
  return replicationGroups.filter(({ userGroupIds }) => userGroupIds.includes(userGroupId)).map(({ id }) => id);
}

/** Returns the users in the form of the rules for user groups. @throws AwsFault UserNotFound */
export function groupMembers(state: State, userIds: readonly string[]): GroupMember[] {
  return userIds
    .map((id) => findUser(state, id))
    .map(({ name, engine, authentication }) => ({ userName: name, engine, authentication: { type: authentication } }));
}
