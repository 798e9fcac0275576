import type { HashField } from '../../../datasources/valkey/values/hash/hash.js';
import { encodeBytes } from '../../../domain/encoding.js';
import {
  allFields,
  fieldExpiresAt,
  fieldTtlSeconds,
  hashField,
  hashFields,
  maxFields,
} from '../../../resolvers/key/hash/hash.js';
import { length } from '../../../resolvers/key/key.js';
import { builder } from '../../builder.js';
import { encodingArgument, valueEncodingArgument } from '../../shared/encoding.js';
import { furtherFieldBySelection } from '../further-reads.js';
import { keyNode } from '../key-node.js';
import { linkKeysOfType } from '../key-of-type.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { guardedByParent } from '../../shared/scopes.js';
import { expiryOfFields, expiryOfPage } from './selected-expiry.js';

export const HashKeyRef = keyNode('HASH', 'A key that holds a hash: fields with values.');

const HashFieldRef = builder.objectRef<HashField>('HashField').implement({
  extensions: guardedByParent('keys:read'),
  description: 'A field of a hash.',
  fields: (t) => ({
    name: t.string({
      description: "The field's name; null if its bytes are not valid in `encoding`.",
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    value: t.string({
      description: "The field's value; null if its bytes are not valid in `valueEncoding`.",
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
    ttlSeconds: t.float({
      description:
        'Seconds until the field expires, to the millisecond (HPTTL); null if it does not expire, or if the engine has no expiry of ' +
        'fields: see `Capabilities.hashFieldExpiry`.',
      resolve: fieldTtlSeconds,
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description:
        'When the field expires (HPEXPIRETIME); null if it does not, if it expires after the year 9999, or if the engine has no expiry ' +
        'of fields: see `Capabilities.hashFieldExpiry`.',
      resolve: fieldExpiresAt,
    }),
  }),
});

const HashFieldConnectionRef = builder.connectionObject(
  {
    type: HashFieldRef,
    name: 'HashFieldConnection',
    description:
      'A page of the fields of a hash. Over all pages, each field appears at least once, and never twice on one page. A page ' +
      'scans about 10,000 fields at most: with `match` it may have fewer than `first` fields, or none, while `hasNextPage` is true.',
  },
  { description: 'A field on a page.' },
);

builder.objectFields(HashKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of fields (HLEN).', resolve: length }),
  field: t.field({
    type: HashFieldRef,
    description: 'The field of this name; null if none exists (HGET).',
    args: { name: t.arg.string({ required: true, description: "The field's name." }), ...encodingArgument },
    resolve: furtherFieldBySelection('HASH', 'field', expiryOfFields, hashField),
  }),
  allFields: t.field({
    type: [HashFieldRef],
    nullable: { list: true, items: false },
    description: `All fields of a hash of at most ${maxFields} fields (HGETALL). A longer hash fails with INVALID_STATE: use \`fields\`.`,
    resolve: furtherFieldBySelection('HASH', 'allFields', expiryOfFields, allFields),
  }),
  fields: t.field({
    type: HashFieldConnectionRef,
    description: 'The fields in pages, in no defined order (HSCAN).',
    args: {
      match: t.arg.string({
        description: 'Only fields whose name matches this glob pattern. An empty pattern matches the empty name only.',
      }),
      ...encodingArgument,
      ...pageArguments,
    },
    resolve: furtherFieldBySelection('HASH', 'fields', expiryOfPage, hashFields),
  }),
}));

linkKeysOfType('hash', 'HASH', HashKeyRef);
