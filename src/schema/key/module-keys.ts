import { builder } from '../builder.js';
import { keyNode } from './key-node.js';

builder.objectField(keyNode('OTHER', 'A key with a module type that this API does not support.'), 'typeName', (t) =>
  t.exposeString('typeName', { nullable: false, description: 'The name of the type in Valkey (TYPE).' }),
);
