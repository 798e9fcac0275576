import { length } from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { keyNode } from './key-node.js';

const collections = [
  [keyNode('LIST', 'A key that holds a list.'), 'Number of elements (LLEN).'],
  [keyNode('SET', 'A key that holds a set.'), 'Number of members (SCARD).'],
  [keyNode('SORTED_SET', 'A key that holds a sorted set.'), 'Number of members (ZCARD).'],
] as const;

for (const [ref, description] of collections) {
  builder.objectField(ref, 'length', (t) => t.field({ type: 'SafeInt', description, resolve: length }));
}

keyNode('JSON', 'A key that holds a document of the JSON module.');

builder.objectField(
  keyNode('OTHER', 'A key that holds a type of a module that this API does not know.'),
  'typeName',
  (t) => t.exposeString('typeName', { nullable: false, description: 'The type as Valkey names it (TYPE).' }),
);
