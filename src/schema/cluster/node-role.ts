import { builder } from '../builder.js';

export const NodeRoleEnum = builder.enumType('NodeRole', {
  description: 'The role of a node in its shard.',
  values: {
    PRIMARY: { description: 'The node accepts writes.' },
    REPLICA: { description: 'The node copies the primary and can be promoted when it fails.' },
  } as const,
});
