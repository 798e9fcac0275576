import { length, value } from '../../../resolvers/key/key.js';
import { builder } from '../../builder.js';
import { valueEncodingArgument } from '../../shared/encoding.js';
import { keyNode } from '../key-node.js';

export const StringKeyRef = keyNode('STRING', 'A key that holds a string: bytes, including text and numbers.');

builder.objectFields(StringKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The size of the value in bytes (STRLEN).', resolve: length }),
  value: t.string({
    description: 'The value (GET); null if its bytes are not valid in `valueEncoding`.',
    args: valueEncodingArgument,
    resolve: (reading, { valueEncoding }) => value(reading, valueEncoding),
  }),
}));
