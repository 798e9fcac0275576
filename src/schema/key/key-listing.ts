import { keyListing, type KeyPage } from '../../resolvers/key/key-listing.js';
import { keyCount } from '../../resolvers/key/keys.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument } from '../shared/encoding.js';
import { selectedAt } from '../shared/selection.js';
import { keySelection } from './key-selection.js';
import { KeyRef, KeyTypeEnum } from './key.js';
import { pageArguments } from '../shared/page-arguments.js';

const KeyConnectionRef = builder.connectionObject(
  {
    type: KeyRef,
    name: 'KeyConnection',
    description:
      'A page of keys. Over all pages, each key that existed the whole time appears at least once, and never twice on one page. A ' +
      'page may have fewer than `first` keys, or none, while `hasNextPage` is true: SCAN guarantees no more.',
    fields: (t) => ({
      scanned: t.field({
        type: 'SafeInt',
        nullable: false,
        description:
          'About how many keys were scanned for this page, without those that were scanned for the page before; if the caller may not read ' +
          'all keys, how many of them it may read.',
        resolve: (page) => scannedOf(page),
      }),
    }),
  },
  { description: 'A key on a page.' },
);

/** The cursors of a page besides its last one. */
const cursorPaths = [
  ['edges', 'cursor'],
  ['pageInfo', 'startCursor'],
] as const;

function scannedOf(page: object): number {
  return 'scanned' in page && typeof page.scanned === 'number' ? page.scanned : 0;
}

builder.objectFields(ClusterRef, (t) => ({
  keys: t.field({
    authScopes: { may: 'keys:read' },
    type: KeyConnectionRef,
    description:
      'The keys of all shards in pages, in no defined order (SCAN, never KEYS). Keys that the caller, or the Valkey user of this API, ' +
      'may not read are omitted.',
    args: {
      match: t.arg.string({
        description: 'Only keys whose name matches this glob pattern. An empty pattern matches the empty name only.',
      }),
      ...encodingArgument,
      type: t.arg({ type: KeyTypeEnum, description: 'Only keys of this type. If omitted, keys of every type.' }),
      ...pageArguments,
      maxScanned: t.arg.int({
        required: true,
        defaultValue: 10_000,
        description: 'About how many keys to scan for a page at most, 1 to 1000000.',
      }),
    },
    resolve: ({ name }, args, context, info): Promise<KeyPage> =>
      keyListing(context, name, args, {
        ...keySelection(info, {
          type: args.type ?? undefined,
          below: [['nodes'], ['edges', 'node']],
          mayExpectType: false,
        }),
        hasCursors: cursorPaths.some((path) => selectedAt(info, path).length > 0),
      }),
  }),
  keyCount: t.field({
    authScopes: { may: 'keys:read' },
    type: 'SafeInt',
    description: 'The number of keys on all primaries (DBSIZE). The grant must cover all keys (`*`).',
    resolve: ({ name }, _arguments, context) => keyCount(context, name),
  }),
}));
