import type { UserGroup } from '../../domain/user/user.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { createUserGroup, deleteUserGroup, modifyUserGroup } from '../../resolvers/user/user-group.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { UserGroupRef } from './user-group.js';

const CreateUserGroupInput = builder.inputType('CreateUserGroupInput', {
  description: 'A new user group.',
  fields: (t) => ({
    userGroupId: t.string({
      required: true,
      description:
        'The unique ID of the user group: 1 to 40 letters, digits and hyphens, starting with a letter. It is stored in lowercase.',
    }),
    userIds: t.stringList({
      required: true,
      description:
        'IDs of the users in the group, whose names must differ. The engine REDIS requires a user named `default` among them.',
    }),
    engine: t.field({
      type: EngineEnum,
      required: true,
      defaultValue: 'VALKEY',
      description: 'The engine of the clusters that the user group is for.',
    }),
    tags: t.field({ type: [TagInput], description: 'Tags of the user group.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'If a user group with this ID exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS.',
    }),
  }),
});

const ModifyUserGroupInput = builder.inputType('ModifyUserGroupInput', {
  description: 'Changes of the members of a user group.',
  fields: (t) => ({
    userGroupId: t.string({ required: true, description: 'The user group ID, in any case.' }),
    addUserIds: t.stringList({ description: 'IDs of users to add.' }),
    removeUserIds: t.stringList({ description: 'IDs of users to remove. Their connections are closed.' }),
  }),
});

const DeleteUserGroupInput = builder.inputType('DeleteUserGroupInput', {
  description: 'The user group to delete.',
  fields: (t) => ({ userGroupId: t.string({ required: true, description: 'The user group ID, in any case.' }) }),
});

const CreateUserGroupPayload = payloadRef<Created<UserGroup>>('CreateUserGroupPayload').implement({
  description: 'The result of `createUserGroup`.',
  fields: (t) => ({
    userGroup: t.field({
      authScopes: { may: 'users:read' },
      type: UserGroupRef,
      description: 'The current state of the user group; null if there are user errors.',
      resolve: ({ result }) => result?.resource,
    }),
    created: t.boolean({
      description: 'Whether this mutation created the user group; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
  }),
});

const userGroupPayload = (name: string, description: string, groupDescription: string) =>
  payloadRef<UserGroup>(name).implement({
    description,
    fields: (t) => ({
      userGroup: t.field({
        authScopes: { may: 'users:read' },
        type: UserGroupRef,
        description: groupDescription,
        resolve: ({ result }) => result,
      }),
    }),
  });
const ModifyUserGroupPayload = userGroupPayload(
  'ModifyUserGroupPayload',
  'The result of `modifyUserGroup`.',
  'The user group, with the change in `pendingChanges` until it is applied to all nodes; null if there are user errors.',
);
const DeleteUserGroupPayload = userGroupPayload(
  'DeleteUserGroupPayload',
  'The result of `deleteUserGroup`.',
  'The last state of the user group, with the status DELETING; null if there are user errors.',
);

builder.mutationFields((t) => ({
  createUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: CreateUserGroupPayload,
    description: 'Creates a user group (CreateUserGroup).',
    args: { input: t.arg({ type: CreateUserGroupInput, required: true, description: 'The new user group.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createUserGroup(context, input), input),
  }),
  modifyUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: ModifyUserGroupPayload,
    description: "Changes a user group's members, also on the nodes of its clusters (ModifyUserGroup).",
    args: {
      input: t.arg({ type: ModifyUserGroupInput, required: true, description: 'The user group and the changes.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyUserGroup(context, input), input),
  }),
  deleteUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: DeleteUserGroupPayload,
    description: 'Deletes a user group, but not its users (DeleteUserGroup).',
    args: { input: t.arg({ type: DeleteUserGroupInput, required: true, description: 'The user group to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteUserGroup(context, input)),
  }),
}));
