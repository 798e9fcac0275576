import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { encodeBytes } from '../../domain/encoding.js';
import {
  expiresAt,
  idleSeconds,
  key,
  keysByName,
  memoryUsageBytes,
  objectEncoding,
  slotOfKey,
  ttlSeconds,
} from '../../resolvers/key/key.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { immediate } from '../shared/immediate-fields.js';
import { encodingArgument } from '../shared/encoding.js';
import { keySelection } from './key-selection.js';
import { typenameOf } from './key-typenames.js';

export const KeyTypeEnum = builder.enumType('KeyType', {
  description: 'The type of the value of a key.',
  values: {
    STRING: { description: 'Bytes, including text and numbers.' },
    HASH: { description: 'Fields with values.' },
    LIST: { description: 'Elements in order.' },
    SET: { description: 'Distinct members.' },
    SORTED_SET: { description: 'Distinct members, ordered by score.' },
    STREAM: { description: 'Entries in the order in which they were added, with consumer groups.' },
    JSON: { description: 'A document of the JSON module.' },
    OTHER: { description: 'A module type that this API does not support.' },
  } as const,
});

export const KeyRef = builder.interfaceRef<KeySnapshot>('Key').implement({
  description:
    'A key of a cluster. A field that Valkey denies, or does not answer, is null with an error of its own. If the key is deleted or ' +
    'expires while it is read, the whole key is null.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: ({ type }) => typenameOf(type),
  fields: (t) => ({
    name: t.string({
      extensions: { ...callerIndependent, ...immediate },
      description: 'The name of the key; null if its bytes are not valid in `encoding`.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    type: t.expose('type', { type: KeyTypeEnum, nullable: false, description: 'The type of the value.' }),
    expiresAt: t.field({
      extensions: callerIndependent,
      type: 'DateTime',
      description:
        'When the key expires; null if it does not, or if it expires after the year 9999, which `ttlSeconds` still shows.',
      resolve: expiresAt,
    }),
    ttlSeconds: t.float({
      extensions: callerIndependent,
      description: 'Seconds until the key expires, to the millisecond; null if it does not expire.',
      resolve: ttlSeconds,
    }),
    memoryUsageBytes: t.field({
      extensions: callerIndependent,
      type: 'SafeInt',
      description:
        'Bytes of memory that the key and its value use; large values are estimated from samples (MEMORY USAGE).',
      resolve: memoryUsageBytes,
    }),
    objectEncoding: t.string({
      extensions: callerIndependent,
      description: 'The internal representation of the value, e.g. `listpack` (OBJECT ENCODING).',
      resolve: objectEncoding,
    }),
    idleSeconds: t.float({
      extensions: callerIndependent,
      description: 'Seconds since the key was last read or written (OBJECT IDLETIME), not counting this request.',
      resolve: idleSeconds,
    }),
    slot: t.int({
      extensions: { ...callerIndependent, ...immediate },
      nullable: false,
      description: 'The hash slot of the name, 0 to 16383.',
      resolve: slotOfKey,
    }),
  }),
});

builder.objectFields(ClusterRef, (t) => ({
  key: t.field({
    authScopes: { may: 'keys:read' },
    type: KeyRef,
    description: 'The key of this name; null if none exists. All selected fields are read together.',
    args: { name: t.arg.string({ required: true, description: 'The name of the key.' }), ...encodingArgument },
    resolve: ({ name }, args, context, info) => key(context, name, args, keySelection(info)),
  }),
  keysByName: t.field({
    authScopes: { may: 'keys:read' },
    type: [KeyRef],
    nullable: { list: true, items: true },
    description:
      'Keys in the order of `names`, null for each that does not exist. They are read in one round trip per shard. A key that cannot be read is ' +
      'null with an error of its own.',
    args: {
      names: t.arg.stringList({
        required: true,
        description: 'The names of the keys, at most 1000. Names may repeat.',
      }),
      ...encodingArgument,
    },
    resolve: ({ name }, args, context, info) => keysByName(context, name, args, keySelection(info)),
  }),
}));
