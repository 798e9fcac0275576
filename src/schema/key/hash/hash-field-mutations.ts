import type { GraphQLResolveInfo } from 'graphql';
import { incrementHashField, setHashFieldExpiry } from '../../../resolvers/key/hash/hash-field-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { ExpiryInputRef } from '../expiry.js';
import { incrementInput } from '../increment-input.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { HashKeyRef } from './hash-key.js';

const encodes = 'The encoding of the key and of the names of fields.';

const IncrementHashFieldInputRef = builder.inputType('IncrementHashFieldInput', {
  description: 'A field of a hash that holds a number, and the amount to add.',
  fields: (t) => ({
    ...keyInputFields(t, encodes),
    field: t.string({ required: true, description: 'The name of the field.' }),
    by: t.field(incrementInput),
  }),
});

const SetHashFieldExpiryInputRef = builder.inputType('SetHashFieldExpiryInput', {
  description: 'Fields of a hash and their new expiry.',
  fields: (t) => ({
    ...keyInputFields(t, encodes),
    fields: t.stringList({ required: true, description: 'The names of the fields, 1 to 1000.' }),
    expiry: t.field({
      type: ExpiryInputRef,
      required: true,
      description: 'The new expiry of each field. The policy KEEP is INVALID_INPUT here.',
    }),
  }),
});

const IncrementHashFieldPayloadRef = payloadRef<WrittenKey & { readonly value: string }>(
  'IncrementHashFieldPayload',
).implement({
  description: 'The result of `incrementHashField`.',
  fields: (t) => ({
    value: t.field({
      authScopes: { may: 'keys:read' },
      type: 'Decimal',
      description: 'The sum.',
      resolve: ({ result }) => result?.value,
    }),
    key: t.field(payloadKeyField(HashKeyRef, 'HASH', 'hash', 'it already expired')),
  }),
});

const SetHashFieldExpiryPayloadRef = payloadRef<WrittenKey & { readonly applied: readonly boolean[] }>(
  'SetHashFieldExpiryPayload',
).implement({
  description:
    'The result of `setHashFieldExpiry`. If a field, or the whole hash, does not exist, `applied` is false for it; that is no user error.',
  fields: (t) => ({
    applied: t.booleanList({
      nullable: { list: true, items: false },
      description: 'Whether each field exists and has the new expiry, in the order of `fields`.',
      resolve: ({ result }) => result && [...result.applied],
    }),
    key: t.field(payloadKeyField(HashKeyRef, 'HASH', 'hash', 'it does not exist or already expired')),
  }),
});

builder.mutationFields((t) => ({
  incrementHashField: t.field({
    authScopes: { may: 'keys:write' },
    type: IncrementHashFieldPayloadRef,
    description:
      'Adds to a number that a field of a hash holds; a field or hash that does not exist counts as 0 (HINCRBY, or HINCRBYFLOAT for a ' +
      'decimal). A value that is not a number is the user error INVALID_STATE.',
    args: {
      input: t.arg({ type: IncrementHashFieldInputRef, required: true, description: 'The field and the amount.' }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => incrementHashField(context, input, selects(info, 'value'))),
  }),
  setHashFieldExpiry: t.field({
    authScopes: { may: 'keys:write' },
    type: SetHashFieldExpiryPayloadRef,
    description:
      'Sets or removes the expiry of fields of a hash (HPEXPIRE, HPEXPIREAT, HPERSIST). Requires Valkey 9; other engines answer the user ' +
      'error NOT_SUPPORTED. Setting a field again removes its expiry.',
    args: {
      input: t.arg({ type: SetHashFieldExpiryInputRef, required: true, description: 'The fields and the expiry.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => setHashFieldExpiry(context, input)),
  }),
}));
