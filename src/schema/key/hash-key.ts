import type { HashField } from '../../datasources/valkey/values/hash.js';
import { encodeBytes } from '../../domain/encoding.js';
import { allFields, hash, hashField, hashFields, maxFields } from '../../resolvers/key/hash.js';
import { length } from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument, valueEncodingArgument } from '../shared/encoding.js';
import { furtherField } from './further-reads.js';
import { keyNode } from './key-node.js';
import { keySelection } from './key-selection.js';
import { pageArguments } from '../shared/page-arguments.js';
import { guardedByParent } from '../shared/scopes.js';

/** A key that holds fields with values. */
export const HashKeyRef = keyNode('HASH', 'A key that holds fields with values.');

const HashFieldRef = builder.objectRef<HashField>('HashField').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A field of a hash.',
  fields: (t) => ({
    name: t.string({
      description: "The field's name; null where its bytes are not valid in the encoding.",
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    value: t.string({
      description: "The field's value; null where its bytes are not valid in the encoding.",
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
  }),
});

const HashFieldConnectionRef = builder.connectionObject(
  {
    type: HashFieldRef,
    name: 'HashFieldConnection',
    description:
      'A page of the fields of a hash. Each field is on at least one page, and on none twice. About 10,000 fields are looked at ' +
      'for a page at most: with `match` it may hold fewer than `first` fields, or none, while `hasNextPage` is true.',
  },
  { description: 'A field on a page.' },
);

builder.objectFields(HashKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'Number of fields (HLEN).', resolve: length }),
  field: t.field({
    type: HashFieldRef,
    description: 'The field of this name, or null where there is none (HGET).',
    args: { name: t.arg.string({ required: true, description: "The field's name." }), ...encodingArgument },
    resolve: furtherField('HASH', 'field', hashField),
  }),
  allFields: t.field({
    type: [HashFieldRef],
    nullable: { list: true, items: false },
    description: `All fields of a hash of at most ${maxFields} (HGETALL); a longer one is refused: page with \`fields\`.`,
    resolve: furtherField('HASH', 'allFields', allFields),
  }),
  fields: t.field({
    type: HashFieldConnectionRef,
    description: 'The fields page by page, in no promised order (HSCAN).',
    args: {
      match: t.arg.string({
        description: 'Only fields whose name matches this glob pattern; an empty one matches the empty name.',
      }),
      ...encodingArgument,
      ...pageArguments,
    },
    resolve: furtherField('HASH', 'fields', hashFields),
  }),
}));

builder.objectField(ClusterRef, 'hash', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: HashKeyRef,
    description: 'The hash of this name, or null where there is none; a key of another type is an error.',
    args: { name: t.arg.string({ required: true, description: "The key's name." }), ...encodingArgument },
    resolve: ({ name }, args, context, info) => hash(context, name, args, keySelection(info, { type: 'HASH' })),
  }),
);
