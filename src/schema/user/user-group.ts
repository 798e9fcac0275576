import type { PendingMembers, UserGroup } from '../../domain/user/user.js';
import { userGroupsOfCluster } from '../../resolvers/cluster/cluster.js';
import { clustersOfGroup, userGroupById, userGroups, usersOfGroup } from '../../resolvers/user/user-group.js';
import { userGroupsOfUser } from '../../resolvers/user/user.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { ClusterRef } from '../cluster/cluster.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { TagRef } from '../shared/tag.js';
import { UserRef } from './user.js';

const UserGroupStatusEnum = builder.enumType('UserGroupStatus', {
  description: 'The status of a user group.',
  values: {
    CREATING: { description: 'The user group is being created.' },
    ACTIVE: { description: 'Its users can connect to its clusters.' },
    MODIFYING: { description: 'A change is being applied to the nodes.' },
    DELETING: { description: 'The user group is being deleted.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

const PendingUserGroupChangesRef = builder.objectRef<PendingMembers>('PendingUserGroupChanges').implement({
  extensions: guardedByParent('users:read'),
  description: 'A change of the members of a user group that is not yet applied to all nodes of its clusters.',
  fields: (t) => ({
    addUserIds: t.exposeStringList('addUserIds', {
      nullable: false,
      description: 'IDs of the users that are being added.',
    }),
    removeUserIds: t.exposeStringList('removeUserIds', {
      nullable: false,
      description: 'IDs of the users that are being removed.',
    }),
  }),
});

export const UserGroupRef = builder.objectRef<UserGroup>('UserGroup');

builder.node(UserGroupRef, {
  extensions: guardedByParent('users:read'),
  description: 'A group of users who can connect to the same clusters.',
  id: { resolve: ({ userGroupId }) => userGroupId },
  loadOne: loadAlone('UserGroup', userGroupById),
  fields: (t) => ({
    userGroupId: t.exposeString('userGroupId', {
      nullable: false,
      description: 'The unique ID of the user group, in lowercase.',
    }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    status: t.expose('status', {
      type: UserGroupStatusEnum,
      nullable: false,
      description: 'The status of the user group.',
    }),
    engine: t.expose('engine', {
      type: EngineEnum,
      nullable: false,
      description: 'The engine of the clusters that the user group is for.',
    }),
    users: t.field({
      type: [UserRef],
      nullable: { list: true, items: false },
      description: 'The users in the group.',
      resolve: (group, _arguments, context) => usersOfGroup(context, group),
    }),
    clusters: t.field({
      type: [ClusterRef],
      nullable: { list: true, items: false },
      description: 'The clusters to which its users can connect, of those that the caller may see.',
      resolve: (group, _arguments, context) => clustersOfGroup(context, group),
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the user group.',
      resolve: ({ arn }, _arguments, context) => context.inventory.tags(arn),
    }),
    pendingChanges: t.expose('pendingChanges', {
      type: PendingUserGroupChangesRef,
      description: 'The change of members that is being applied; null if there is none.',
    }),
  }),
});

builder.objectField(UserRef, 'userGroups', (t) =>
  t.field({
    type: [UserGroupRef],
    nullable: { list: true, items: false },
    description: 'The user groups that contain the user.',
    resolve: (user, _arguments, context) => userGroupsOfUser(context, user),
  }),
);

builder.objectField(ClusterRef, 'userGroups', (t) =>
  t.field({
    authScopes: { may: ['clusters:read', 'users:read'] },
    type: [UserGroupRef],
    nullable: { list: true, items: false },
    description: 'The user groups whose users can connect to the cluster.',
    resolve: (cluster, _arguments, context) => userGroupsOfCluster(context, cluster),
  }),
);

const UserGroupConnectionRef = builder.connectionObject(
  { type: UserGroupRef, name: 'UserGroupConnection', description: 'A page of user groups, ordered by ID.' },
  { description: 'A user group on a page.' },
);

builder.queryFields((t) => ({
  userGroup: t.field({
    authScopes: { may: 'users:read' },
    type: UserGroupRef,
    description: 'The user group with this ID; null if none exists.',
    args: { userGroupId: t.arg.string({ required: true, description: 'The user group ID, in any case.' }) },
    resolve: (_root, { userGroupId }, context) => userGroupById(context, userGroupId),
  }),
  userGroups: t.field({
    authScopes: { may: 'users:read' },
    type: UserGroupConnectionRef,
    description: 'All user groups, ordered by ID.',
    args: pageArguments,
    resolve: (_root, page, context) => userGroups(context, page),
  }),
}));
