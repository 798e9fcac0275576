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
import { encodingArgument } from '../shared/encoding.js';
import { keySelection } from './key-selection.js';
import { typenameOf } from './key-typenames.js';

/** What a key holds. */
export const KeyTypeEnum = builder.enumType('KeyType', {
  description: 'What a key holds.',
  values: {
    STRING: { description: 'Bytes, of which numbers are a kind.' },
    HASH: { description: 'Fields with values.' },
    LIST: { description: 'Elements in order.' },
    SET: { description: 'Distinct members.' },
    SORTED_SET: { description: 'Distinct members in the order of their scores.' },
    STREAM: { description: 'Entries in the order added, with consumer groups.' },
    JSON: { description: 'A document of the JSON module.' },
    OTHER: { description: 'A type of a module that this API does not know.' },
  } as const,
});

/** A key of a cluster, whatever it holds. */
export const KeyRef = builder.interfaceRef<KeySnapshot>('Key').implement({
  description:
    'A key of a cluster. What Valkey denies of it, or does not answer, is null with an error of its own. A key that is deleted ' +
    'or expires while it is read is null as a whole.',
  interfaces: [builder.nodeInterfaceRef()],
  resolveType: ({ type }) => typenameOf(type),
  fields: (t) => ({
    name: t.string({
      description: 'The name; null where its bytes are not valid in the encoding.',
      args: encodingArgument,
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    type: t.expose('type', { type: KeyTypeEnum, nullable: false, description: 'What it holds.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it expires; null if it does not, or after the year 9999: `ttlSeconds` is given then.',
      resolve: expiresAt,
    }),
    ttlSeconds: t.float({
      description: 'Seconds until it expires, to the millisecond; null where it does not.',
      resolve: ttlSeconds,
    }),
    memoryUsageBytes: t.field({
      type: 'SafeInt',
      description: 'Memory that the key and its value take, estimated by samples of large ones (MEMORY USAGE).',
      resolve: memoryUsageBytes,
    }),
    objectEncoding: t.string({
      description: 'How Valkey stores the value, e.g. `listpack` (OBJECT ENCODING).',
      resolve: objectEncoding,
    }),
    idleSeconds: t.float({
      description: 'Seconds since it was last read or written; reading it here comes after this is asked.',
      resolve: idleSeconds,
    }),
    slot: t.int({ nullable: false, description: 'The hash slot of its name, 0 to 16383.', resolve: slotOfKey }),
  }),
});

builder.objectFields(ClusterRef, (t) => ({
  key: t.field({
    authScopes: { may: 'keys:read' },
    type: KeyRef,
    description: 'The key of this name, or null where there is none. What is selected is read in one round trip.',
    args: { name: t.arg.string({ required: true, description: "The key's name." }), ...encodingArgument },
    resolve: ({ name }, args, context, info) => key(context, name, args, keySelection(info)),
  }),
  keysByName: t.field({
    authScopes: { may: 'keys:read' },
    type: [KeyRef],
    nullable: { list: true, items: true },
    description: 'Several keys in the order asked, null where absent; batched into one round trip per shard.',
    args: {
      names: t.arg.stringList({ required: true, description: 'At most 1000 names; one may occur twice.' }),
      ...encodingArgument,
    },
    resolve: ({ name }, args, context, info) => keysByName(context, name, args, keySelection(info)),
  }),
}));
