import { length } from '../../../resolvers/key/key.js';
import { builder } from '../../builder.js';
import { keyNode } from '../key-node.js';

export const ListKeyRef = keyNode('LIST', 'A key that holds a list: elements in order.');

builder.objectField(ListKeyRef, 'length', (t) =>
  t.field({ type: 'SafeInt', description: 'The number of elements (LLEN).', resolve: length }),
);
