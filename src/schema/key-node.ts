import type { KeyReading } from '../datasources/valkey/key-reading.js';
import { existencePlan } from '../datasources/valkey/key-plan.js';
import type { KeyType } from '../domain/key.js';
import { idOfKey, keyOfId } from '../resolvers/key.js';
import { builder } from './builder.js';
import { KeyRef } from './key.js';
import { loadAlone } from './load-node.js';
import { reachedWith } from './scopes.js';

/** An object type for the keys of one type; its file adds what is its own. */
export function keyNode(typename: string, type: KeyType, description: string) {
  const ref = builder.objectRef<KeyReading>(typename);
  builder.node(ref, {
    description,
    extensions: type === 'STREAM' ? reachedWith('keys:read', 'streams:read') : reachedWith('keys:read'),
    interfaces: [KeyRef],
    id: { resolve: idOfKey },
    loadOne: loadAlone(typename, (context, id) => keyOfId(context, id, type, existencePlan)),
  });
  return ref;
}
