import type { UserGroup } from '../../domain/user/user.js';
import type { Created } from '../../resolvers/shared/create-if-absent.js';
import { createUserGroup, deleteUserGroup, modifyUserGroup } from '../../resolvers/user/user-group.js';
import { builder } from '../builder.js';
import { EngineEnum } from '../cluster/cluster-enums.js';
import { TagInput } from '../shared/tag.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { UserGroupRef } from './user-group.js';

const CreateUserGroupInput = builder.inputType('CreateUserGroupInput', {
  description: 'The user group to make.',
  fields: (t) => ({
    userGroupId: t.string({ required: true, description: '1 to 40 letters, digits and hyphens, a letter first.' }),
    userIds: t.stringList({
      required: true,
      description: 'Its members, no two of one name. Engine REDIS needs a user named `default` among them.',
    }),
    engine: t.field({
      type: EngineEnum,
      required: true,
      defaultValue: 'VALKEY',
      description: 'The engine of the clusters that it is for.',
    }),
    tags: t.field({ type: [TagInput], description: 'Labels to keep with it.' }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Succeed with the group that stands, unchanged, instead of ALREADY_EXISTS.',
    }),
  }),
});

const ModifyUserGroupInput = builder.inputType('ModifyUserGroupInput', {
  description: 'Who is to join and to leave a user group.',
  fields: (t) => ({
    userGroupId: t.string({ required: true, description: 'Its ID.' }),
    addUserIds: t.stringList({ description: 'Users to join.' }),
    removeUserIds: t.stringList({ description: 'Users to leave; their connections are cut.' }),
  }),
});

const DeleteUserGroupInput = builder.inputType('DeleteUserGroupInput', {
  description: 'The user group to delete.',
  fields: (t) => ({ userGroupId: t.string({ required: true, description: 'Its ID.' }) }),
});

const CreateUserGroupPayload = payloadRef<Created<UserGroup>>('CreateUserGroupPayload').implement({
  description: 'What `createUserGroup` answers.',
  fields: (t) => ({
    userGroup: t.field({
      authScopes: { may: 'users:read' },
      type: UserGroupRef,
      description: 'The user group as it now stands.',
      resolve: ({ result }) => result?.thing,
    }),
    created: t.boolean({
      description: 'Whether this made it; false where it stood already.',
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
  'What `modifyUserGroup` answers.',
  'The user group with the change in its `pendingChanges`, until the nodes of its clusters have it.',
);
const DeleteUserGroupPayload = userGroupPayload(
  'DeleteUserGroupPayload',
  'What `deleteUserGroup` answers.',
  'The user group as it was, DELETING.',
);

builder.mutationFields((t) => ({
  createUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: CreateUserGroupPayload,
    description: 'Makes a user group (CreateUserGroup).',
    args: { input: t.arg({ type: CreateUserGroupInput, required: true, description: 'The group to make.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => createUserGroup(context, input)),
  }),
  modifyUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: ModifyUserGroupPayload,
    description: "Changes a user group's members, on the nodes of its clusters too (ModifyUserGroup).",
    args: { input: t.arg({ type: ModifyUserGroupInput, required: true, description: 'Who is to join and to leave.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => modifyUserGroup(context, input)),
  }),
  deleteUserGroup: t.field({
    authScopes: { may: 'users:admin' },
    type: DeleteUserGroupPayload,
    description: 'Deletes a user group; its users stand (DeleteUserGroup).',
    args: { input: t.arg({ type: DeleteUserGroupInput, required: true, description: 'The group to delete.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteUserGroup(context, input)),
  }),
}));
