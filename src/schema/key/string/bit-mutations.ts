import type { GraphQLResolveInfo } from 'graphql';
import { addToHyperLogLog, setBit } from '../../../resolvers/key/string/string-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { StringKeyRef } from './string-key.js';

const SetBitInputRef = builder.inputType('SetBitInput', {
  description: 'A bit of a string and its new value.',
  fields: (t) => ({
    ...keyInputFields(t),
    offset: t.field({
      type: 'SafeInt',
      required: true,
      description:
        'The position from 0 on. Position 0 is the most significant bit of the first byte. The string is lengthened up to this position.',
    }),
    value: t.boolean({ required: true, description: 'The new bit.' }),
  }),
});

const AddToHyperLogLogInputRef = builder.inputType('AddToHyperLogLogInput', {
  description: 'A HyperLogLog and the elements to add.',
  fields: (t) => ({
    ...keyInputFields(t),
    elements: t.stringList({ required: true, description: 'The elements, 1 to 1000.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the elements.' }),
  }),
});

const SetBitPayloadRef = payloadRef<WrittenKey & { readonly previous: boolean }>('SetBitPayload').implement({
  description: 'The result of `setBit`.',
  fields: (t) => ({
    previous: t.boolean({
      authScopes: { may: 'keys:read' },
      description: 'The bit before; false if the value was shorter.',
      resolve: ({ result }) => result?.previous,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'string', 'it already expired')),
  }),
});

const AddToHyperLogLogPayloadRef = payloadRef<WrittenKey & { readonly changed: boolean }>(
  'AddToHyperLogLogPayload',
).implement({
  description: 'The result of `addToHyperLogLog`.',
  fields: (t) => ({
    changed: t.boolean({
      description: 'Whether the HyperLogLog has changed. Then its `cardinality` may have changed.',
      resolve: ({ result }) => result?.changed,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'HyperLogLog', 'it already expired')),
  }),
});

builder.mutationFields((t) => ({
  setBit: t.field({
    authScopes: { may: 'keys:write' },
    type: SetBitPayloadRef,
    description: 'Sets one bit of a string, which is created if it does not exist (SETBIT). The expiry is kept.',
    args: { input: t.arg({ type: SetBitInputRef, required: true, description: 'The key, the offset and the bit.' }) },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => setBit(context, input, selects(info, 'previous'))),
  }),
  addToHyperLogLog: t.field({
    authScopes: { may: 'keys:write' },
    type: AddToHyperLogLogPayloadRef,
    description:
      'Adds elements to a HyperLogLog, which is created if it does not exist (PFADD). It estimates the number of distinct elements in 12 ' +
      'kB, with a standard error of 0.81 %; a string of another content is the user error WRONG_TYPE.',
    args: {
      input: t.arg({ type: AddToHyperLogLogInputRef, required: true, description: 'The key and the elements.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => addToHyperLogLog(context, input)),
  }),
}));
