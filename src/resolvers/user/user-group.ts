import type { Cluster, Engine } from '../../domain/cluster/cluster.js';
import { invalidInput } from '../../domain/errors.js';
import { userGroupId as checkedUserGroupId, userId as checkedUserId } from '../../domain/identifiers.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import type { User, UserGroup } from '../../domain/user/user.js';
import type { Context } from '../shared/context.js';
import { requirePermission, visibleCluster } from '../shared/access.js';
import { createIfAbsent, type Created } from '../shared/create-if-absent.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

export interface CreateUserGroupInput {
  readonly userGroupId: string;
  readonly userIds: readonly string[];
  readonly engine: Engine;
  readonly tags?: readonly Tag[] | null | undefined;
  readonly ifNotExists: boolean;
}

export interface ModifyUserGroupInput {
  readonly userGroupId: string;
  readonly addUserIds?: readonly string[] | null | undefined;
  readonly removeUserIds?: readonly string[] | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];
const userIds = (ids: readonly string[], field: string): string[] =>
  ids.map((id, index) => checkedUserId(id, at(field, String(index))));

/** @throws Outage FORBIDDEN */
export async function userGroups(context: Context, page: PageRequest): Promise<Page<UserGroup>> {
  requirePermission(context, 'users:read');
  return pageByName(await context.inventory.userGroups(), ({ userGroupId }) => userGroupId, page);
}

/** Null if none exists. */
export async function userGroupById(context: Context, userGroupId: string): Promise<UserGroup | null> {
  requirePermission(context, 'users:read');
  return context.inventory.userGroup(userGroupId);
}

export async function usersOfGroup({ inventory }: Context, group: UserGroup): Promise<readonly User[]> {
  const all = await inventory.users();
  return all.filter(({ userId }) => group.userIds.includes(userId));
}

/** The group's clusters that the caller may see. */
export async function clustersOfGroup(context: Context, group: UserGroup): Promise<readonly Cluster[]> {
  const all = await context.inventory.clusters();
  const own = all.filter(({ name }) => group.clusterNames.includes(name));
  return own.flatMap((cluster) => visibleCluster(context, cluster) ?? []);
}

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals */
export async function createUserGroup(context: Context, input: CreateUserGroupInput): Promise<Created<UserGroup>> {
  requirePermission(context, 'users:admin');
  const { controlPlane, inventory } = context;
  const userGroupId = checkedUserGroupId(input.userGroupId, at('userGroupId'));
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  const group = { userGroupId, userIds: userIds(input.userIds, 'userIds'), engine: input.engine, tags };
  return createIfAbsent({
    ifNotExists: input.ifNotExists,
    label: `User group ${userGroupId}`,
    path: at('userGroupId'),
    find: () => {
      inventory.forget();
      return inventory.userGroup(userGroupId);
    },
    create: () => controlPlane.createUserGroup(group),
  });
}

/** @throws ExpectedFailure as `createUserGroup` does, and if no change is given */
export async function modifyUserGroup(context: Context, input: ModifyUserGroupInput): Promise<UserGroup> {
  requirePermission(context, 'users:admin');
  const { controlPlane } = context;
  const userGroupId = checkedUserGroupId(input.userGroupId, at('userGroupId'));
  const addUserIds = userIds(input.addUserIds ?? [], 'addUserIds');
  const removeUserIds = userIds(input.removeUserIds ?? [], 'removeUserIds');
  if (addUserIds.length === 0 && removeUserIds.length === 0) {
    throw invalidInput('Expected addUserIds or removeUserIds, got none of them.', at());
  }
  const both = removeUserIds.findIndex((userId) => addUserIds.includes(userId));
  if (both !== -1) {
    throw invalidInput(
      `User ${removeUserIds[both] ?? ''} is to be both added and removed.`,
      at('removeUserIds', String(both)),
    );
  }
  return controlPlane.modifyUserGroup({ userGroupId, addUserIds, removeUserIds });
}

/** Returns the last known state, with the status DELETING. */
export async function deleteUserGroup(context: Context, input: { readonly userGroupId: string }): Promise<UserGroup> {
  requirePermission(context, 'users:admin');
  const { controlPlane } = context;
  return controlPlane.deleteUserGroup({ userGroupId: checkedUserGroupId(input.userGroupId, at('userGroupId')) });
}
