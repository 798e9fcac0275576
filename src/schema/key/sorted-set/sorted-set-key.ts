import { length } from '../../../resolvers/key/key.js';
import { builder } from '../../builder.js';
import { keyNode } from '../key-node.js';

export const SortedSetKeyRef = keyNode(
  'SORTED_SET',
  'A key that holds a sorted set: distinct members, ordered by score.',
);

builder.objectField(SortedSetKeyRef, 'length', (t) =>
  t.field({ type: 'SafeInt', description: 'The number of members (ZCARD).', resolve: length }),
);
