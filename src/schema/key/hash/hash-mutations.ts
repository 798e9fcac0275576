import type { GraphQLResolveInfo } from 'graphql';
import { encodeBytes } from '../../../domain/encoding.js';
import { deleteHashFields, setHashFields, type DeletedHashFields } from '../../../resolvers/key/hash/hash.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { ExpiryInputRef } from '../expiry.js';
import { HashKeyRef } from './hash-key.js';
import { keyInputFields, type InputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';

const HashFieldInputRef = builder.inputType('HashFieldInput', {
  description: 'A field and its new value.',
  fields: (t) => ({
    name: t.string({ required: true, description: "The field's name." }),
    value: t.string({ required: true, description: "The field's value." }),
  }),
});

/** The fields of the mutation beside the key, also of the operation of a transaction. */
export function setHashFieldsFields(t: InputFields) {
  return {
    fields: t.field({ type: [HashFieldInputRef], required: true, description: 'The fields to set, 1 to 1000.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of values.' }),
    keyExpiry: t.field({
      type: ExpiryInputRef,
      description: 'The expiry of the whole hash. If omitted, the current expiry is kept.',
    }),
  };
}

export function deleteHashFieldsFields(t: InputFields) {
  return { fields: t.stringList({ required: true, description: 'The names of the fields, 1 to 1000.' }) };
}

export const encodingOfFields = 'The encoding of the key and of the names of fields.';

const SetHashFieldsInputRef = builder.inputType('SetHashFieldsInput', {
  description: 'Fields of a hash to set.',
  fields: (t) => ({ ...keyInputFields(t, encodingOfFields), ...setHashFieldsFields(t) }),
});

const DeleteHashFieldsInputRef = builder.inputType('DeleteHashFieldsInput', {
  description: 'Fields of a hash to delete.',
  fields: (t) => ({ ...keyInputFields(t, encodingOfFields), ...deleteHashFieldsFields(t) }),
});

const SetHashFieldsPayloadRef = payloadRef<WrittenKey & { readonly added: number }>('SetHashFieldsPayload').implement({
  description: 'The result of `setHashFields`.',
  fields: (t) => ({
    added: t.int({
      description: 'The number of fields that did not exist before.',
      resolve: ({ result }) => result?.added,
    }),
    key: t.field(payloadKeyField(HashKeyRef, 'HASH', 'hash', 'it already expired')),
  }),
});

const DeleteHashFieldsPayloadRef = payloadRef<DeletedHashFields>('DeleteHashFieldsPayload').implement({
  description: 'The result of `deleteHashFields`.',
  fields: (t) => ({
    deleted: t.int({
      description: 'The number of fields that existed and were deleted.',
      resolve: ({ result }) => result?.deleted,
    }),
    deletedFields: t.stringList({
      nullable: { list: true, items: false },
      description:
        "The names of the fields that existed and were deleted, in the input's order and `encoding`. If this field is selected, each field " +
        'is deleted by a command of its own, all in one pipeline.',
      resolve: ({ result }) => result?.names?.map((name) => String(encodeBytes(name, result.encoding))),
    }),
    key: t.field(payloadKeyField(HashKeyRef, 'HASH', 'hash', 'no field is left')),
  }),
});

builder.mutationFields((t) => ({
  setHashFields: t.field({
    authScopes: { may: 'keys:write' },
    type: SetHashFieldsPayloadRef,
    description:
      'Sets fields of a hash, which is created if it does not exist (HSET); with `keyExpiry`, in one transaction.',
    args: { input: t.arg({ type: SetHashFieldsInputRef, required: true, description: 'The key and the fields.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => setHashFields(context, input)),
  }),
  deleteHashFields: t.field({
    authScopes: { may: 'keys:write' },
    type: DeleteHashFieldsPayloadRef,
    description: 'Deletes fields of a hash; deleting the last field deletes the key (HDEL).',
    args: { input: t.arg({ type: DeleteHashFieldsInputRef, required: true, description: 'The key and the fields.' }) },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => deleteHashFields(context, input, selects(info, 'deletedFields'))),
  }),
}));
