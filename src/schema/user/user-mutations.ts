import type { User } from '../../domain/user/user.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { createUser, deleteUser, modifyUser } from '../../resolvers/user/user.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { AuthenticationTypeEnum, UserRef } from './user.js';

const AuthenticationInput = builder.inputType('AuthenticationInput', {
  description: 'The way in which a user will authenticate.',
  fields: (t) => ({
    type: t.field({
      type: AuthenticationTypeEnum,
      required: true,
      description: 'The kind of authentication. IAM requires that `userId` and `userName` are equal.',
    }),
    passwords: t.stringList({
      description:
        'One or two passwords of 16 to 128 printable characters for PASSWORD, none for other kinds. They are never shown again.',
    }),
  }),
});

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'A new user.',
  fields: (t) => ({
    userId: t.string({
      required: true,
      description:
        'The unique ID of the user: 1 to 40 letters, digits and hyphens, starting with a letter. It is stored in lowercase.',
    }),
    userName: t.string({
      required: true,
      description: 'The name with which clients authenticate (AUTH): 1 to 120 printable characters without spaces.',
    }),
    accessString: t.string({
      required: true,
      description:
        "The user's permissions in Valkey: ACL rules on one line, e.g. `on ~app:* &* -@all +@read`. Without `on` the user cannot connect.",
    }),
    engine: t.field({
      type: EngineEnum,
      required: true,
      defaultValue: 'VALKEY',
      description: 'The engine of the clusters that the user is for.',
    }),
    authentication: t.field({
      type: AuthenticationInput,
      required: true,
      description: 'The way in which the user will authenticate.',
    }),
    tags: t.field({ type: [TagInput], description: 'Tags of the user.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description: 'If a user with this ID exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS.',
    }),
  }),
});

const ModifyUserInput = builder.inputType('ModifyUserInput', {
  description: 'Changes of a user. Omitted fields keep their values.',
  fields: (t) => ({
    userId: t.string({ required: true, description: 'The user ID, in any case.' }),
    accessString: t.string({ description: 'The new ACL rules, which replace the current ones.' }),
    appendAccessString: t.string({
      description: 'ACL rules to append to the current ones. Give this or `accessString`, not both.',
    }),
    authentication: t.field({
      type: AuthenticationInput,
      description: 'The way in which the user will authenticate. Given passwords replace all current ones.',
    }),
  }),
});

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'The user to delete.',
  fields: (t) => ({ userId: t.string({ required: true, description: 'The user ID, in any case.' }) }),
});

const CreateUserPayload = payloadRef<Created<User>>('CreateUserPayload').implement({
  description: 'The result of `createUser`.',
  fields: (t) => ({
    user: t.field({
      authScopes: { may: 'users:read' },
      type: UserRef,
      description: 'The current state of the user; null if there are user errors.',
      resolve: ({ result }) => result?.resource,
    }),
    created: t.boolean({
      description: 'Whether this mutation created the user; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

const userPayload = (name: string, description: string, userDescription: string) =>
  payloadRef<User>(name).implement({
    description,
    fields: (t) => ({
      user: t.field({
        authScopes: { may: 'users:read' },
        type: UserRef,
        description: userDescription,
        resolve: ({ result }) => result,
      }),
    }),
  });
const ModifyUserPayload = userPayload(
  'ModifyUserPayload',
  'The result of `modifyUser`.',
  'The user after the change; null if there are user errors.',
);
const DeleteUserPayload = userPayload(
  'DeleteUserPayload',
  'The result of `deleteUser`.',
  'The last state of the user, with the status DELETING; null if there are user errors.',
);

builder.mutationFields((t) => ({
  createUser: t.field({
    authScopes: { may: 'users:admin' },
    type: CreateUserPayload,
    description: 'Creates a user (CreateUser).',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'The new user.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createUser(context, input)),
  }),
  modifyUser: t.field({
    authScopes: { may: 'users:admin' },
    type: ModifyUserPayload,
    description: 'Changes a user, also on the nodes of its clusters (ModifyUser).',
    args: { input: t.arg({ type: ModifyUserInput, required: true, description: 'The user and the changes.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyUser(context, input)),
  }),
  deleteUser: t.field({
    authScopes: { may: 'users:admin' },
    type: DeleteUserPayload,
    description: 'Deletes a user and removes it from its user groups (DeleteUser).',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'The user to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteUser(context, input)),
  }),
}));
