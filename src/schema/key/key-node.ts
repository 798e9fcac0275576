import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { KeyType } from '../../domain/key/key.js';
import { idOfKey } from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { KeyRef } from './key.js';
import { typenameOf } from './key-typenames.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

/** The object type for keys of one type; the type's file adds its own fields. `key-of-global-id.ts` finds objects by ID. */
export function keyNode(type: KeyType, description: string) {
  const ref = builder.objectRef<KeySnapshot>(typenameOf(type));
  builder.node(ref, {
    description,
    // The content of a stream requires a permission of its own, the content of other keys does not.
    extensions:
      type === 'STREAM'
        ? guardedByParent('keys:read', 'streams:read')
        : { ...callerIndependent, ...guardedByParent('keys:read') },
    interfaces: [KeyRef],
    id: { extensions: callerIndependent, resolve: idOfKey },
  });
  return ref;
}
