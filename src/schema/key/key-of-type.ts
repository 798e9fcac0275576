import type { KeyType } from '../../domain/key/key.js';
import { keyOfType, readPermission } from '../../resolvers/key/key-of-type.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument } from '../shared/encoding.js';
import type { keyNode } from './key-node.js';
import { keySelection } from './key-selection.js';

/** Adds the field of a cluster for keys of one type. */
export function linkKeysOfType(field: string, type: KeyType, ref: ReturnType<typeof keyNode>): void {
  const noun = type.toLowerCase().replaceAll('_', ' ');
  builder.objectField(ClusterRef, field, (t) =>
    t.field({
      authScopes: { may: readPermission(type) },
      type: ref,
      description: `The ${noun} of this name; null if the key does not exist. Fails with WRONG_TYPE if the key has another type.`,
      args: { name: t.arg.string({ required: true, description: 'The name of the key.' }), ...encodingArgument },
      resolve: ({ name }, args, context, info) => keyOfType(context, name, args, type, keySelection(info, { type })),
    }),
  );
}
