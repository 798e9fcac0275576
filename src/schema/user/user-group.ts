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
import { UserRef } from './user.js';

const UserGroupStatusEnum = builder.enumType('UserGroupStatus', {
  description: 'What a user group is doing.',
  values: {
    CREATING: { description: 'It is being made.' },
    ACTIVE: { description: 'Its users may enter its clusters.' },
    MODIFYING: { description: 'A change is on its way to the nodes.' },
    DELETING: { description: 'It is being removed.' },
    UNKNOWN: { description: 'ElastiCache names a status that this API does not know.' },
  } as const,
});

const PendingUserGroupChangesRef = builder.objectRef<PendingMembers>('PendingUserGroupChanges').implement({
  extensions: guardedByParent('users:read'),
  description: 'A change of the members of a user group that the nodes of its clusters do not all have yet.',
  fields: (t) => ({
    addUserIds: t.exposeStringList('addUserIds', { nullable: false, description: 'The users that join.' }),
    removeUserIds: t.exposeStringList('removeUserIds', { nullable: false, description: 'The users that leave.' }),
  }),
});

/** Users that clusters let in together. */
export const UserGroupRef = builder.objectRef<UserGroup>('UserGroup');

builder.node(UserGroupRef, {
  extensions: guardedByParent('users:read'),
  description: 'Users that clusters let in together.',
  id: { resolve: ({ userGroupId }) => userGroupId },
  loadOne: loadAlone('UserGroup', userGroupById),
  fields: (t) => ({
    userGroupId: t.exposeString('userGroupId', { nullable: false, description: 'It is known by this.' }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    status: t.expose('status', { type: UserGroupStatusEnum, nullable: false, description: 'What it is doing.' }),
    engine: t.expose('engine', { type: EngineEnum, nullable: false, description: 'The engine that it was made for.' }),
    users: t.field({
      type: [UserRef],
      nullable: { list: true, items: false },
      description: 'Its members.',
      resolve: (group, _arguments, context) => usersOfGroup(context, group),
    }),
    clusters: t.field({
      type: [ClusterRef],
      nullable: { list: true, items: false },
      description: 'The clusters that let its users in.',
      resolve: (group, _arguments, context) => clustersOfGroup(context, group),
    }),
    pendingChanges: t.expose('pendingChanges', {
      type: PendingUserGroupChangesRef,
      description: 'The users that a change under way adds and removes; null if there is none.',
    }),
  }),
});

builder.objectField(UserRef, 'userGroups', (t) =>
  t.field({
    type: [UserGroupRef],
    nullable: { list: true, items: false },
    description: 'The groups that it is in.',
    resolve: (user, _arguments, context) => userGroupsOfUser(context, user),
  }),
);

builder.objectField(ClusterRef, 'userGroups', (t) =>
  t.field({
    authScopes: { may: ['clusters:read', 'users:read'] },
    type: [UserGroupRef],
    nullable: { list: true, items: false },
    description: 'The groups whose users it lets in.',
    resolve: (cluster, _arguments, context) => userGroupsOfCluster(context, cluster),
  }),
);

const UserGroupConnectionRef = builder.connectionObject(
  { type: UserGroupRef, name: 'UserGroupConnection', description: 'A page of user groups in the order of their IDs.' },
  { description: 'A user group on a page.' },
);

builder.queryFields((t) => ({
  userGroup: t.field({
    authScopes: { may: 'users:read' },
    type: UserGroupRef,
    description: 'The user group of this ID, or null where there is none.',
    args: { userGroupId: t.arg.string({ required: true, description: 'The user group ID, in any case.' }) },
    resolve: (_root, { userGroupId }, context) => userGroupById(context, userGroupId),
  }),
  userGroups: t.field({
    authScopes: { may: 'users:read' },
    type: UserGroupConnectionRef,
    description: 'All user groups in the order of their IDs, page by page.',
    args: pageArguments,
    resolve: (_root, page, context) => userGroups(context, page),
  }),
}));
