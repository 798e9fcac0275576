import type { AuthenticationType, User } from '../../domain/user/user.js';
import { userById, users } from '../../resolvers/user/user.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';
import { TagRef } from '../shared/tag.js';

const UserStatusEnum = builder.enumType('UserStatus', {
  description: 'The status of a user.',
  values: {
    ACTIVE: { description: 'The user can connect.' },
    MODIFYING: { description: 'A change is being applied to the nodes.' },
    DELETING: { description: 'The user is being deleted.' },
    UNKNOWN: { description: 'ElastiCache reports a status that this API does not know.' },
  } as const,
});

export const AuthenticationTypeEnum = builder.enumType('AuthenticationType', {
  description: 'The way in which a user authenticates.',
  values: {
    PASSWORD: { description: 'By one of its passwords.' },
    NO_PASSWORD: { description: 'Without a password: everyone can connect under its name.' },
    IAM: { description: 'By a token that an AWS identity signs.' },
  } as const,
});

const AuthenticationRef = builder
  .objectRef<{ readonly type: AuthenticationType; readonly passwordCount: number }>('Authentication')
  .implement({
    extensions: guardedByParent('users:read'),
    description: 'The way in which a user authenticates. Passwords are never shown.',
    fields: (t) => ({
      type: t.expose('type', {
        type: AuthenticationTypeEnum,
        nullable: false,
        description: 'The kind of authentication.',
      }),
      passwordCount: t.exposeInt('passwordCount', {
        nullable: false,
        description: 'The number of current passwords, 0 to 2.',
      }),
    }),
  });

export const UserRef = builder.objectRef<User>('User');

builder.node(UserRef, {
  extensions: guardedByParent('users:read'),
  description: 'A Valkey user, who can connect to the clusters of its user groups.',
  id: { resolve: ({ userId }) => userId },
  loadOne: loadAlone('User', userById),
  fields: (t) => ({
    userId: t.exposeString('userId', {
      nullable: false,
      description: 'The unique ID of the user, in lowercase. Several users may share a name.',
    }),
    userName: t.exposeString('userName', {
      nullable: false,
      description: 'The name with which clients authenticate (AUTH).',
    }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    status: t.expose('status', { type: UserStatusEnum, nullable: false, description: 'The status of the user.' }),
    engine: t.expose('engine', {
      type: EngineEnum,
      nullable: false,
      description: 'The engine of the clusters that the user is for.',
    }),
    accessString: t.exposeString('accessString', {
      nullable: false,
      description:
        "The user's permissions in Valkey: ACL rules in ElastiCache's normal form, e.g. `on ~app:* -@all +get`.",
    }),
    tags: t.field({
      type: [TagRef],
      nullable: { list: true, items: false },
      description: 'The tags of the user.',
      resolve: ({ arn }, _arguments, context) => context.inventory.tags(arn),
    }),
    authentication: t.expose('authentication', {
      type: AuthenticationRef,
      nullable: false,
      description: 'The way in which the user authenticates.',
    }),
  }),
});

const UserConnectionRef = builder.connectionObject(
  { type: UserRef, name: 'UserConnection', description: 'A page of users, ordered by ID.' },
  { description: 'A user on a page.' },
);

builder.queryFields((t) => ({
  user: t.field({
    authScopes: { may: 'users:read' },
    type: UserRef,
    description: 'The user with this ID; null if none exists.',
    args: { userId: t.arg.string({ required: true, description: 'The user ID, in any case.' }) },
    resolve: (_root, { userId }, context) => userById(context, userId),
  }),
  users: t.field({
    authScopes: { may: 'users:read' },
    type: UserConnectionRef,
    description: 'All users, ordered by ID.',
    args: pageArguments,
    resolve: (_root, page, context) => users(context, page),
  }),
}));
