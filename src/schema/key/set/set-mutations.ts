import { addSetMembers, removeSetMembers } from '../../../resolvers/key/set/set.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields, type InputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { SetKeyRef } from './set-key.js';

/** The fields beside the key, also of the operation of a transaction. */
export function addSetMembersFields(t: InputFields) {
  return {
    members: t.stringList({ required: true, description: 'The members, 1 to 1000.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the members.' }),
  };
}

const AddSetMembersInputRef = builder.inputType('AddSetMembersInput', {
  description: 'Members to add to a set.',
  fields: (t) => ({ ...keyInputFields(t), ...addSetMembersFields(t) }),
});

const RemoveSetMembersInputRef = builder.inputType('RemoveSetMembersInput', {
  description: 'Members to remove from a set.',
  fields: (t) => ({
    ...keyInputFields(t),
    members: t.stringList({ required: true, description: 'The members, 1 to 1000.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the members.' }),
  }),
});

const AddSetMembersPayloadRef = payloadRef<WrittenKey & { readonly added: number }>('AddSetMembersPayload').implement({
  description: 'The result of `addSetMembers`.',
  fields: (t) => ({
    added: t.int({
      description: 'The number of members that the set did not have before.',
      resolve: ({ result }) => result?.added,
    }),
    key: t.field(payloadKeyField(SetKeyRef, 'SET', 'set')),
  }),
});

const RemoveSetMembersPayloadRef = payloadRef<WrittenKey & { readonly removed: number }>(
  'RemoveSetMembersPayload',
).implement({
  description: 'The result of `removeSetMembers`.',
  fields: (t) => ({
    removed: t.int({
      description: 'The number of members that the set had.',
      resolve: ({ result }) => result?.removed,
    }),
    key: t.field(payloadKeyField(SetKeyRef, 'SET', 'set', 'no member is left')),
  }),
});

builder.mutationFields((t) => ({
  addSetMembers: t.field({
    authScopes: { may: 'keys:write' },
    type: AddSetMembersPayloadRef,
    description: 'Adds members to a set, which is created if it does not exist (SADD).',
    args: { input: t.arg({ type: AddSetMembersInputRef, required: true, description: 'The key and the members.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => addSetMembers(context, input)),
  }),
  removeSetMembers: t.field({
    authScopes: { may: 'keys:write' },
    type: RemoveSetMembersPayloadRef,
    description: 'Removes members from a set; removing the last member deletes the key (SREM).',
    args: { input: t.arg({ type: RemoveSetMembersInputRef, required: true, description: 'The key and the members.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => removeSetMembers(context, input)),
  }),
}));
