import { builder } from '../builder.js';

export const NodeRoleEnum = builder.enumType('NodeRole', {
  description: "A node's part in its shard.",
  values: {
    PRIMARY: { description: 'It takes writes.' },
    REPLICA: { description: 'It follows the primary and takes over where that one fails.' },
  } as const,
});
