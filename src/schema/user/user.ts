import type { AuthenticationType, User } from '../../domain/user/user.js';
import { userById, users } from '../../resolvers/user/user.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { loadAlone } from '../shared/load-node.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';

const UserStatusEnum = builder.enumType('UserStatus', {
  description: 'What a user is doing.',
  values: {
    ACTIVE: { description: 'It may enter.' },
    MODIFYING: { description: 'A change is on its way to the nodes.' },
    DELETING: { description: 'It is being removed.' },
    UNKNOWN: { description: 'ElastiCache names a status that this API does not know.' },
  } as const,
});

export const AuthenticationTypeEnum = builder.enumType('AuthenticationType', {
  description: 'How a user proves who it is.',
  values: {
    PASSWORD: { description: 'By one of its passwords.' },
    NO_PASSWORD: { description: 'Not at all: everybody may enter under its name.' },
    IAM: { description: 'By a token that its AWS identity signs.' },
  } as const,
});

const AuthenticationRef = builder
  .objectRef<{ readonly type: AuthenticationType; readonly passwordCount: number }>('Authentication')
  .implement({
    extensions: guardedByParent('users:read'),
    description: 'How a user proves who it is; passwords are never shown.',
    fields: (t) => ({
      type: t.expose('type', { type: AuthenticationTypeEnum, nullable: false, description: 'By what means.' }),
      passwordCount: t.exposeInt('passwordCount', {
        nullable: false,
        description: 'How many passwords stand, 0 to 2.',
      }),
    }),
  });

/** Who may enter clusters, and what it may do there. */
export const UserRef = builder.objectRef<User>('User');

builder.node(UserRef, {
  extensions: guardedByParent('users:read'),
  description: 'Who may enter the clusters of its user groups, and what it may do there.',
  id: { resolve: ({ userId }) => userId },
  loadOne: loadAlone('User', userById),
  fields: (t) => ({
    userId: t.exposeString('userId', {
      nullable: false,
      description: 'It is known by this; several may share a name.',
    }),
    userName: t.exposeString('userName', { nullable: false, description: 'What a client says to enter (AUTH).' }),
    arn: t.exposeString('arn', { nullable: false, description: 'The Amazon Resource Name.' }),
    status: t.expose('status', { type: UserStatusEnum, nullable: false, description: 'What it is doing.' }),
    engine: t.expose('engine', { type: EngineEnum, nullable: false, description: 'The engine that it was made for.' }),
    accessString: t.exposeString('accessString', {
      nullable: false,
      description: "What it may do: ACL rules in ElastiCache's normal form, e.g. `on ~app:* -@all +get`.",
    }),
    authentication: t.expose('authentication', {
      type: AuthenticationRef,
      nullable: false,
      description: 'How it proves who it is.',
    }),
  }),
});

const UserConnectionRef = builder.connectionObject(
  { type: UserRef, name: 'UserConnection', description: 'A page of users in the order of their IDs.' },
  { description: 'A user on a page.' },
);

builder.queryFields((t) => ({
  user: t.field({
    authScopes: { may: 'users:read' },
    type: UserRef,
    description: 'The user of this ID, or null where there is none.',
    args: { userId: t.arg.string({ required: true, description: 'The user ID, in any case.' }) },
    resolve: (_root, { userId }, context) => userById(context, userId),
  }),
  users: t.field({
    authScopes: { may: 'users:read' },
    type: UserConnectionRef,
    description: 'All users in the order of their IDs, page by page.',
    args: pageArguments,
    resolve: (_root, page, context) => users(context, page),
  }),
}));
