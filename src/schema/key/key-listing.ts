import { keyListing, type KeyPage } from '../../resolvers/key/key-listing.js';
import { keyCount } from '../../resolvers/key/keys.js';
import { builder } from '../builder.js';
import { ClusterRef } from '../cluster/cluster.js';
import { encodingArgument } from '../shared/encoding.js';
import { keySelection } from './key-selection.js';
import { KeyRef, KeyTypeEnum } from './key.js';
import { pageArguments } from '../shared/page-arguments.js';

const KeyConnectionRef = builder.connectionObject(
  {
    type: KeyRef,
    name: 'KeyConnection',
    description:
      'Pages may hold fewer than `first` keys, or none, while `hasNextPage` is true: SCAN promises no more. Over all ' +
      'pages each key that was there throughout is told at least once, and on no page twice.',
    fields: (t) => ({
      scanned: t.field({
        type: 'SafeInt',
        nullable: false,
        description:
          'About how many keys were looked at for this page. For a caller who may not read all keys it counts those found that it may read.',
        resolve: (page) => scannedOf(page),
      }),
    }),
  },
  { description: 'A key on a page.' },
);

function scannedOf(page: object): number {
  return 'scanned' in page && typeof page.scanned === 'number' ? page.scanned : 0;
}

builder.objectFields(ClusterRef, (t) => ({
  keys: t.field({
    authScopes: { may: 'keys:read' },
    type: KeyConnectionRef,
    description:
      'The keys of all shards page by page, in no promised order (SCAN, never KEYS). Keys that the user may not read are ' +
      'left out.',
    args: {
      match: t.arg.string({
        description: 'Only keys whose name matches this glob pattern; an empty one matches the empty name.',
      }),
      ...encodingArgument,
      type: t.arg({ type: KeyTypeEnum, description: 'Only keys of this type.' }),
      ...pageArguments,
      maxScanned: t.arg.int({
        required: true,
        defaultValue: 10_000,
        description: 'About how many keys to look at for a page at most, 1 to 1000000.',
      }),
    },
    resolve: ({ name }, args, context, info): Promise<KeyPage> =>
      keyListing(
        context,
        name,
        args,
        keySelection(info, {
          type: args.type ?? undefined,
          below: [['nodes'], ['edges', 'node']],
          mayExpectType: false,
        }),
      ),
  }),
  keyCount: t.field({
    authScopes: { may: 'keys:read' },
    type: 'SafeInt',
    description: 'Number of keys over all primaries (DBSIZE), which is for who may read all of them.',
    resolve: ({ name }, _arguments, context) => keyCount(context, name),
  }),
}));
