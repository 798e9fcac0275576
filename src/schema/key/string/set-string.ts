import type { GraphQLResolveInfo } from 'graphql';
import { encodeBytes } from '../../../domain/encoding.js';
import { keyOfSetString, setString, type SetString } from '../../../resolvers/key/string/set-string.js';
import { builder } from '../../builder.js';
import { encodingInput, valueEncodingArgument } from '../../shared/encoding.js';
import { ExpiryInputRef } from '../expiry.js';
import { keyInputFields, type InputFields } from '../key-input.js';
import { keySelection } from '../key-selection.js';
import { SetConditionEnum } from '../set-condition.js';
import { selects } from '../../shared/selection.js';
import { StringKeyRef } from './string-key.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';

/** The fields beside the key, also of the operation of a transaction. */
export function setStringFields(t: InputFields) {
  return {
    value: t.string({ required: true, description: 'The new value.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the value.' }),
    expiry: t.field({
      type: ExpiryInputRef,
      description: 'The expiry of the key. If omitted, the key does not expire.',
    }),
    condition: t.field({
      type: SetConditionEnum,
      description: 'The condition for setting it. If omitted, it is always set.',
    }),
    ifEquals: t.string({
      description:
        'The value that the key must have, in `valueEncoding`; otherwise it is not set (SET IFEQ, or one script before Valkey 8.1). It ' +
        'requires `keys:read`, excludes `condition`, and a key of another type is WRONG_TYPE.',
    }),
  };
}

const SetStringInputRef = builder.inputType('SetStringInput', {
  description: 'A key and its new value.',
  fields: (t) => ({ ...keyInputFields(t), ...setStringFields(t) }),
});

const SetStringPayloadRef = payloadRef<SetString>('SetStringPayload').implement({
  description: 'The result of `setString`. If the condition was not met, `applied` is false; that is no user error.',
  fields: (t) => ({
    applied: t.boolean({
      description: 'Whether the value was set.',
      resolve: ({ result }) => result?.applied,
    }),
    key: t.field({
      authScopes: { may: 'keys:read' },
      type: StringKeyRef,
      description:
        'The current state of the key; null if it does not hold a string, e.g. because it already expired, or if there are user errors.',
      resolve: ({ result }, _arguments, context, info) =>
        result ? keyOfSetString(context, result, keySelection(info, { type: 'STRING' })) : null,
    }),
    previous: t.string({
      authScopes: { may: 'keys:read' },
      description:
        'The previous value; null if there was none, or if its bytes are not valid in `valueEncoding`. If this field is selected, a key ' +
        'of another type is the user error WRONG_TYPE instead of being replaced.',
      args: valueEncodingArgument,
      resolve: ({ result }, { valueEncoding }) => result?.previous && encodeBytes(result.previous, valueEncoding),
    }),
  }),
});

builder.mutationField('setString', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: SetStringPayloadRef,
    description: 'Sets a string, replacing a value of any type and its expiry (SET).',
    args: {
      input: t.arg({ type: SetStringInputRef, required: true, description: 'The key, its value and its expiry.' }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => setString(context, input, selects(info, 'previous'))),
  }),
);
