import { encodeBytes } from '../../../domain/encoding.js';
import { appendToString, setStringRange, takeString } from '../../../resolvers/key/string/string-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { encodingInput, valueEncodingArgument } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { StringKeyRef } from './string-key.js';

const AppendToStringInputRef = builder.inputType('AppendToStringInput', {
  description: 'A string and the bytes to append.',
  fields: (t) => ({
    ...keyInputFields(t),
    value: t.string({ required: true, description: 'The bytes to append.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
  }),
});

const SetStringRangeInputRef = builder.inputType('SetStringRangeInput', {
  description: 'A string and the bytes to overwrite.',
  fields: (t) => ({
    ...keyInputFields(t),
    offset: t.field({
      type: 'SafeInt',
      required: true,
      description:
        'The position of the first byte to overwrite, from 0 on. Bytes between the end of the value and this position become zeros.',
    }),
    value: t.string({ required: true, description: 'The new bytes. Empty bytes change nothing.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
  }),
});

const TakeStringInputRef = builder.inputType('TakeStringInput', {
  description: 'A string to read and delete.',
  fields: (t) => keyInputFields(t),
});

const AppendToStringPayloadRef = payloadRef<WrittenKey & { readonly length: number }>(
  'AppendToStringPayload',
).implement({
  description: 'The result of `appendToString`.',
  fields: (t) => ({
    length: t.field({
      type: 'SafeInt',
      description: 'The size of the value in bytes afterwards.',
      resolve: ({ result }) => result?.length,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'string', 'it already expired')),
  }),
});

const SetStringRangePayloadRef = payloadRef<WrittenKey & { readonly length: number }>(
  'SetStringRangePayload',
).implement({
  description: 'The result of `setStringRange`.',
  fields: (t) => ({
    length: t.field({
      type: 'SafeInt',
      description: 'The size of the value in bytes afterwards.',
      resolve: ({ result }) => result?.length,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'string', 'it does not exist or already expired')),
  }),
});

const TakeStringPayloadRef = payloadRef<WrittenKey & { readonly value: Buffer | null }>('TakeStringPayload').implement({
  description: 'The result of `takeString`. If the key did not exist, `existed` is false; that is no user error.',
  fields: (t) => ({
    existed: t.boolean({
      description: 'Whether the key existed and was deleted.',
      resolve: ({ result }) => result && result.value !== null,
    }),
    value: t.string({
      description:
        'The last value; null if the key did not exist, or if the bytes are not valid in `valueEncoding`: select it with BASE64 too ' +
        'unless it is certainly text.',
      args: valueEncodingArgument,
      resolve: ({ result }, { valueEncoding }) => result?.value && encodeBytes(result.value, valueEncoding),
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'key', 'it was not set again meanwhile')),
  }),
});

builder.mutationFields((t) => ({
  appendToString: t.field({
    authScopes: { may: 'keys:write' },
    type: AppendToStringPayloadRef,
    description: 'Appends bytes to a string, which is created if it does not exist (APPEND). The expiry is kept.',
    args: { input: t.arg({ type: AppendToStringInputRef, required: true, description: 'The key and the bytes.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => appendToString(context, input)),
  }),
  setStringRange: t.field({
    authScopes: { may: 'keys:write' },
    type: SetStringRangePayloadRef,
    description:
      'Overwrites bytes of a string from an offset on, and lengthens it if necessary (SETRANGE). The expiry is kept.',
    args: {
      input: t.arg({ type: SetStringRangeInputRef, required: true, description: 'The key, the offset and the bytes.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => setStringRange(context, input)),
  }),
  takeString: t.field({
    authScopes: { may: ['keys:read', 'keys:write'] },
    type: TakeStringPayloadRef,
    description:
      'Deletes a string and returns its last value, in one step (GETDEL). A value that is longer than an answer may be is refused with LIMIT_EXCEEDED, and stays.',
    args: { input: t.arg({ type: TakeStringInputRef, required: true, description: 'The key.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => takeString(context, input)),
  }),
}));
