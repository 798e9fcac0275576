import {
  CreateUserGroupCommand,
  DeleteUserGroupCommand,
  DescribeUserGroupsCommand,
  ModifyUserGroupCommand,
  type UserGroup as AwsUserGroup,
} from '@aws-sdk/client-elasticache';
import type { PendingMembers, UserGroup, UserGroupStatus } from '../../../domain/user/user.js';
import type { ElastiCacheCalls } from '../calls.js';
import { allPages } from './pages.js';
import type { ControlPlane } from '../interfaces.js';
import { awsTag, engineOf, oneOf } from './shapes.js';

/** The control plane's methods for user groups. */
export function createUserGroups(
  calls: ElastiCacheCalls,
): Pick<ControlPlane, 'userGroups' | 'createUserGroup' | 'modifyUserGroup' | 'deleteUserGroup'> {
  return {
    async userGroups() {
      const groups = await allPages(async (Marker) => {
        const page = await calls.read((client) => client.send(new DescribeUserGroupsCommand({ Marker })));
        return { items: page.UserGroups, marker: page.Marker };
      });
      return groups.map(userGroupOf);
    },
    async createUserGroup({ userGroupId, userIds, engine, tags }) {
      const command = new CreateUserGroupCommand({
        UserGroupId: userGroupId,
        Engine: engine.toLowerCase(),
        ...(userIds.length > 0 && { UserIds: [...userIds] }),
        ...(tags.length > 0 && { Tags: tags.map(awsTag) }),
      });
      return userGroupOf(await calls.write('createUserGroup', (client) => client.send(command)));
    },
    async modifyUserGroup({ userGroupId, addUserIds, removeUserIds }) {
      const command = new ModifyUserGroupCommand({
        UserGroupId: userGroupId,
        ...(addUserIds.length > 0 && { UserIdsToAdd: [...addUserIds] }),
        ...(removeUserIds.length > 0 && { UserIdsToRemove: [...removeUserIds] }),
      });
      return userGroupOf(await calls.write('modifyUserGroup', (client) => client.send(command)));
    },
    async deleteUserGroup({ userGroupId }) {
      const command = new DeleteUserGroupCommand({ UserGroupId: userGroupId });
      return userGroupOf(await calls.write('deleteUserGroup', (client) => client.send(command)));
    },
  };
}

const statuses: Readonly<Record<string, UserGroupStatus>> = {
  creating: 'CREATING',
  active: 'ACTIVE',
  modifying: 'MODIFYING',
  deleting: 'DELETING',
};

function pendingOf(pending: AwsUserGroup['PendingChanges']): PendingMembers | null {
  const { UserIdsToAdd: addUserIds = [], UserIdsToRemove: removeUserIds = [] } = pending ?? {};
  return addUserIds.length + removeUserIds.length === 0 ? null : { addUserIds, removeUserIds };
}

function userGroupOf(group: AwsUserGroup): UserGroup {
  return {
    userGroupId: group.UserGroupId ?? '',
    arn: group.ARN ?? '',
    status: oneOf(group.Status, statuses) ?? 'UNKNOWN',
    engine: engineOf(group.Engine) ?? 'REDIS',
    userIds: group.UserIds ?? [],
    clusterNames: group.ReplicationGroups ?? [],
    pendingChanges: pendingOf(group.PendingChanges),
  };
}
