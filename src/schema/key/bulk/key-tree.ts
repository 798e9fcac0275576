import { encodeBytes } from '../../../domain/encoding.js';
import { keyTree, type KeyTree } from '../../../resolvers/key/bulk/key-tree.js';
import { builder } from '../../builder.js';
import { ClusterRef } from '../../cluster/cluster.js';
import { encodingArgument, encodingArgumentOf } from '../../shared/encoding.js';
import { guardedByParent } from '../../shared/scopes.js';
import { KeyRef } from '../key.js';
import { keySelection } from '../key-selection.js';

const KeyPrefixRef = builder.objectRef<KeyTree['prefixes'][number]>('KeyPrefix').implement({
  description: 'The beginning that several names may have in common.',
  extensions: guardedByParent('keys:read'),
  fields: (t) => ({
    prefix: t.string({
      description:
        'The prefix with its delimiter, to be passed as `prefix` for the level below; null if its bytes are not valid in `encoding`.',
      args: encodingArgumentOf('The encoding of the prefix.'),
      resolve: ({ prefix }, { encoding }) => encodeBytes(prefix, encoding),
    }),
    keyCount: t.expose('keyCount', {
      type: 'SafeInt',
      nullable: false,
      description: 'The number of keys with this prefix that this page has seen. Add up the pages to count all.',
    }),
  }),
});

const KeyTreeRef = builder.objectRef<KeyTree>('KeyTree').implement({
  description: 'One page of the level below a prefix. Only keys that the caller may read are seen.',
  extensions: guardedByParent('keys:read'),
  fields: (t) => ({
    prefixes: t.field({
      type: [KeyPrefixRef],
      nullable: false,
      description: 'The prefixes one level below, in no defined order. Another page may have the same prefix again.',
      resolve: ({ prefixes }) => prefixes,
    }),
    keys: t.field({
      type: [KeyRef],
      nullable: { list: false, items: false },
      description: 'The keys at this level: their names contain no further delimiter.',
      resolve: ({ keys }) => keys,
    }),
    scanned: t.expose('scanned', {
      type: 'SafeInt',
      nullable: false,
      description:
        'About how many keys were scanned for this page, without those that were scanned for the page before; if the caller may not read ' +
        'all keys, how many of them it may read.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      nullable: false,
      description:
        'Whether the scan has reached the last key. The pages up to this one together then have the whole level.',
    }),
    endCursor: t.exposeString('endCursor', {
      nullable: true,
      description: 'The position of the scan after this page, to be passed as `after`; null if it is complete.',
    }),
  }),
});

builder.objectField(ClusterRef, 'keyTree', (t) =>
  t.field({
    authScopes: { may: 'keys:read' },
    type: KeyTreeRef,
    description:
      'The prefixes one level below `prefix` with the number of keys seen in each, and the keys at this level (SCAN, never KEYS). A page ' +
      'ends after `first` prefixes and keys, or about `maxScanned` keys. Over all pages, each key that existed the whole time counts at ' +
      'least once.',
    args: {
      prefix: t.arg.string({
        required: true,
        defaultValue: '',
        description: 'The beginning of the names, such as `user:`. Glob characters have no meaning.',
      }),
      delimiter: t.arg.string({ required: true, defaultValue: ':', description: 'The text that ends a level.' }),
      ...encodingArgument,
      first: t.arg.int({
        required: true,
        defaultValue: 100,
        description: 'The most prefixes and keys on the page, 1 to 1000.',
      }),
      after: t.arg.string({ description: 'The `endCursor` of the page before. If omitted, the first page.' }),
      maxScanned: t.arg.int({
        required: true,
        defaultValue: 10_000,
        description: 'About how many keys to scan for a page at most, 1 to 1000000.',
      }),
    },
    resolve: ({ name }, args, context, info) =>
      keyTree(context, name, args, keySelection(info, { below: [['keys']], mayExpectType: false })),
  }),
);
