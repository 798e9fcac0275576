import type { GraphQLResolveInfo } from 'graphql';
import { encodeBytes } from '../../domain/encoding.js';
import { keyOfSetString, setString, type SetString } from '../../resolvers/key/string.js';
import { builder } from '../builder.js';
import { encodingInput, valueEncodingArgument } from '../shared/encoding.js';
import { ExpiryInputRef } from './expiry.js';
import { keySelection } from './key-selection.js';
import { selects } from '../shared/selection.js';
import { StringKeyRef } from './string-key.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const SetConditionEnum = builder.enumType('SetCondition', {
  description: 'When a string is set only under a condition.',
  values: {
    IF_ABSENT: { description: 'Only where the key does not exist (NX).' },
    IF_PRESENT: { description: 'Only where the key exists (XX).' },
  } as const,
});

const SetStringInputRef = builder.inputType('SetStringInput', {
  description: 'A key and the bytes that it is to hold.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    key: t.string({ required: true, description: "The key's name." }),
    encoding: t.field({ ...encodingInput, description: 'How the name is written.' }),
    value: t.string({ required: true, description: 'What it is to hold.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'How the value is written.' }),
    expiry: t.field({ type: ExpiryInputRef, description: 'When it expires; left out, it does not.' }),
    condition: t.field({ type: SetConditionEnum, description: 'Left out, it is set in any case.' }),
  }),
});

const SetStringPayloadRef = payloadRef<SetString>('SetStringPayload').implement({
  description: '`applied` is false where the condition was not met; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the value was set.',
      resolve: ({ result }) => result?.applied,
    }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: StringKeyRef,
      description:
        'The string as it is now; null if it has expired already, or if the condition was not met and there is none.',
      resolve: ({ result }, _arguments, context, info) =>
        result ? keyOfSetString(context, result, keySelection(info, { type: 'STRING' })) : null,
    }),
    previous: t.string({
      authScopes: { may: 'keys:read' },
      description:
        'The value that stood before; null where there was none, or where its bytes are not valid in the encoding. ' +
        'Where this is selected, a key of another type is refused rather than replaced.',
      args: valueEncodingArgument,
      resolve: ({ result }, { valueEncoding }) => result?.previous && encodeBytes(result.previous, valueEncoding),
    }),
  }),
});

builder.mutationField('setString', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: SetStringPayloadRef,
    description: 'Sets what a key holds, replacing a value of any type (SET).',
    args: { input: t.arg({ type: SetStringInputRef, required: true, description: 'What, where and how long.' }) },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => setString(context, input, selects(info, 'previous'))),
  }),
);
