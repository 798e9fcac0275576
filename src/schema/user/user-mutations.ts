import type { User } from '../../domain/user/user.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { createUser, deleteUser, modifyUser } from '../../resolvers/user/user.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { AuthenticationTypeEnum, UserRef } from './user.js';

const AuthenticationInput = builder.inputType('AuthenticationInput', {
  description: 'How a user is to prove who it is.',
  fields: (t) => ({
    type: t.field({
      type: AuthenticationTypeEnum,
      required: true,
      description: 'By what means. IAM: userId and userName must be equal.',
    }),
    passwords: t.stringList({
      description:
        'One or two of 16 to 128 printable characters with PASSWORD, none otherwise. They are never shown again.',
    }),
  }),
});

const CreateUserInput = builder.inputType('CreateUserInput', {
  description: 'The user to make.',
  fields: (t) => ({
    userId: t.string({ required: true, description: '1 to 40 letters, digits and hyphens, a letter first.' }),
    userName: t.string({ required: true, description: 'What a client says to enter (AUTH).' }),
    accessString: t.string({
      required: true,
      description:
        'What it may do: ACL rules on one line, e.g. `on ~app:* &* -@all +@read`. Without `on` it may not enter.',
    }),
    engine: t.field({
      type: EngineEnum,
      required: true,
      defaultValue: 'VALKEY',
      description: 'The engine of the clusters that it is for.',
    }),
    authentication: t.field({
      type: AuthenticationInput,
      required: true,
      description: 'How it is to prove who it is.',
    }),
    tags: t.field({ type: [TagInput], description: 'Labels to keep with it.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Succeed with the user that stands, unchanged, instead of ALREADY_EXISTS.',
    }),
  }),
});

const ModifyUserInput = builder.inputType('ModifyUserInput', {
  description: 'What to change of a user; what is left out stays as it is.',
  fields: (t) => ({
    userId: t.string({ required: true, description: 'Its ID.' }),
    accessString: t.string({ description: 'What it may do from now on.' }),
    appendAccessString: t.string({ description: 'Rules to put after those that stand.' }),
    authentication: t.field({ type: AuthenticationInput, description: 'How it is to prove who it is from now on.' }),
  }),
});

const DeleteUserInput = builder.inputType('DeleteUserInput', {
  description: 'The user to delete.',
  fields: (t) => ({ userId: t.string({ required: true, description: 'Its ID.' }) }),
});

const CreateUserPayload = payloadRef<Created<User>>('CreateUserPayload').implement({
  description: 'What `createUser` answers.',
  fields: (t) => ({
    user: t.field({
      authScopes: { may: 'users:read' },
      type: UserRef,
      description: 'The user as it now stands.',
      resolve: ({ result }) => result?.thing,
    }),
    created: t.boolean({
      description: 'Whether this made it; false where it stood already.',
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
const ModifyUserPayload = userPayload('ModifyUserPayload', 'What `modifyUser` answers.', 'The user as it now stands.');
const DeleteUserPayload = userPayload(
  'DeleteUserPayload',
  'What `deleteUser` answers.',
  'The user as it was, DELETING.',
);

builder.mutationFields((t) => ({
  createUser: t.field({
    authScopes: { may: 'users:admin' },
    type: CreateUserPayload,
    description: 'Makes a user (CreateUser).',
    args: { input: t.arg({ type: CreateUserInput, required: true, description: 'The user to make.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createUser(context, input)),
  }),
  modifyUser: t.field({
    authScopes: { may: 'users:admin' },
    type: ModifyUserPayload,
    description: 'Changes a user, on the nodes of its clusters too (ModifyUser).',
    args: { input: t.arg({ type: ModifyUserInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyUser(context, input)),
  }),
  deleteUser: t.field({
    authScopes: { may: 'users:admin' },
    type: DeleteUserPayload,
    description: 'Deletes a user and takes it out of its groups (DeleteUser).',
    args: { input: t.arg({ type: DeleteUserInput, required: true, description: 'The user to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteUser(context, input)),
  }),
}));
