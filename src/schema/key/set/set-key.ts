import { length } from '../../../resolvers/key/key.js';
import { builder } from '../../builder.js';
import { keyNode } from '../key-node.js';

export const SetKeyRef = keyNode('SET', 'A key that holds a set: distinct members.');

builder.objectField(SetKeyRef, 'length', (t) =>
  t.field({ type: 'SafeInt', description: 'The number of members (SCARD).', resolve: length }),
);
