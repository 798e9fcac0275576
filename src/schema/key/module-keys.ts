import { builder } from '../builder.js';
import { keyNode } from './key-node.js';

export const JsonKeyRef = keyNode(
  'JSON',
  'A key that holds a document of the JSON module. Its content cannot be read yet.',
);

builder.objectField(keyNode('OTHER', 'A key with a module type that this API does not support.'), 'typeName', (t) =>
  t.exposeString('typeName', { nullable: false, description: 'The name of the type in Valkey (TYPE).' }),
);
