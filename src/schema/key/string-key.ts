import { length, value } from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { valueEncodingArgument } from '../shared/encoding.js';
import { keyNode } from './key-node.js';

/** A key that holds bytes. */
export const StringKeyRef = keyNode('STRING', 'A key that holds bytes, of which numbers are a kind.');

builder.objectFields(StringKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'Its size in bytes (STRLEN).', resolve: length }),
  value: t.string({
    description: 'What it holds (GET); null where its bytes are not valid in the encoding.',
    args: valueEncodingArgument,
    resolve: (reading, { valueEncoding }) => value(reading, valueEncoding),
  }),
}));
