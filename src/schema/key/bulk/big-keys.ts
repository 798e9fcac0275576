import { bigKeys, type BigKey, type BigKeys } from '../../../resolvers/key/bulk/key-tree.js';
import { builder } from '../../builder.js';
import { ClusterRef } from '../../cluster/cluster.js';
import { guardedByParent } from '../../shared/scopes.js';
import { KeyRef } from '../key.js';
import { keySelection } from '../key-selection.js';

const BigKeyRef = builder.objectRef<BigKey>('BigKey').implement({
  description: 'A key with its size.',
  extensions: guardedByParent('keys:read'),
  fields: (t) => ({
    key: t.expose('key', { type: KeyRef, nullable: false, description: 'The key.' }),
    memoryBytes: t.expose('memoryBytes', {
      type: 'SafeInt',
      nullable: true,
      description:
        'Bytes of memory that the key and its value use, estimated for large values (MEMORY USAGE); null if Valkey refuses to report it.',
    }),
    length: t.expose('length', {
      type: 'SafeInt',
      nullable: true,
      description: 'The number of bytes of a string, and of elements of other types; null for types of modules.',
    }),
  }),
});

const BigKeysRef = builder.objectRef<BigKeys>('BigKeys').implement({
  description: 'The biggest keys of a sample.',
  extensions: guardedByParent('keys:read'),
  fields: (t) => ({
    keys: t.field({
      type: [BigKeyRef],
      nullable: false,
      description: 'The keys, the biggest first: by memory, or by length if Valkey refuses to report memory.',
      resolve: ({ keys }) => keys,
    }),
    scanned: t.expose('scanned', {
      type: 'SafeInt',
      nullable: true,
      description:
        'About how many keys were scanned; if the caller may not read all keys, how many of them it may read.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description: 'Whether all keys were scanned, so that these are the biggest of the cluster.',
    }),
  }),
});

builder.objectField(ClusterRef, 'bigKeys', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: BigKeysRef,
    description:
      'The biggest keys among those sampled, about as many of each shard (SCAN, MEMORY USAGE and the length by type), of those that the ' +
      'caller may read. A sample of part of the keys may miss the biggest.',
    args: {
      first: t.arg.int({ required: true, defaultValue: 20, description: 'The most keys to return, 1 to 1000.' }),
      maxScanned: t.arg.int({
        required: true,
        defaultValue: 10_000,
        description: 'About how many keys to scan at most, 1 to 1000000.',
      }),
    },
    resolve: ({ name }, args, context, info) =>
      bigKeys(context, name, args, keySelection(info, { below: [['keys', 'key']], mayExpectType: false })),
  }),
);
