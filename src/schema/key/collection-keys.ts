import { length } from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { keyNode } from './key-node.js';

const collections = [
  [keyNode('LIST', 'A key that holds a list: elements in order.'), 'The number of elements (LLEN).'],
  [keyNode('SET', 'A key that holds a set: distinct members.'), 'The number of members (SCARD).'],
  [
    keyNode('SORTED_SET', 'A key that holds a sorted set: distinct members, ordered by score.'),
    'The number of members (ZCARD).',
  ],
] as const;

for (const [ref, description] of collections) {
  builder.objectField(ref, 'length', (t) => t.field({ type: 'SafeInt', description, resolve: length }));
}

keyNode('JSON', 'A key that holds a document of the JSON module. Its content cannot be read yet.');

builder.objectField(keyNode('OTHER', 'A key with a module type that this API does not support.'), 'typeName', (t) =>
  t.exposeString('typeName', { nullable: false, description: 'The name of the type in Valkey (TYPE).' }),
);
