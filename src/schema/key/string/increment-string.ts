import type { GraphQLResolveInfo } from 'graphql';
import { incrementString } from '../../../resolvers/key/string/string-writes.js';
import type { WrittenKey } from '../../../resolvers/key/written-key.js';
import { builder } from '../../builder.js';
import { selects } from '../../shared/selection.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { incrementInput } from '../increment-input.js';
import { keyInputFields } from '../key-input.js';
import { payloadKeyField } from '../payload-key.js';
import { StringKeyRef } from './string-key.js';

const IncrementStringInputRef = builder.inputType('IncrementStringInput', {
  description: 'A string that holds a number, and the amount to add.',
  fields: (t) => ({ ...keyInputFields(t), by: t.field(incrementInput) }),
});

const IncrementStringPayloadRef = payloadRef<WrittenKey & { readonly value: string }>(
  'IncrementStringPayload',
).implement({
  description: 'The result of `incrementString`.',
  fields: (t) => ({
    value: t.field({
      authScopes: { may: 'keys:read' },
      type: 'Decimal',
      description: 'The sum.',
      resolve: ({ result }) => result?.value,
    }),
    key: t.field(payloadKeyField(StringKeyRef, 'STRING', 'string', 'it already expired')),
  }),
});

builder.mutationField('incrementString', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: IncrementStringPayloadRef,
    description:
      'Adds to a number that a string holds; a key that does not exist counts as 0 (INCRBY, or INCRBYFLOAT for a decimal). The expiry is ' +
      'kept. A value that is not a number is the user error INVALID_STATE.',
    args: { input: t.arg({ type: IncrementStringInputRef, required: true, description: 'The key and the amount.' }) },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => incrementString(context, input, selects(info, 'value'))),
  }),
);
