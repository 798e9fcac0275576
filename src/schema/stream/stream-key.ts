import { lastId } from '../../datasources/valkey/values/streams/stream.js';
import { length } from '../../resolvers/key/key.js';
import { entries, type EntriesArgs } from '../../resolvers/stream/stream.js';
import { builder } from '../builder.js';
import { furtherField } from '../key/further-reads.js';
import { keyNode } from '../key/key-node.js';
import { linkKeysOfType } from '../key/key-of-type.js';
import { pageArguments } from '../shared/page-arguments.js';
import { StreamEntryRef } from './stream-entry.js';

export const StreamKeyRef = keyNode(
  'STREAM',
  'A key that holds a stream: entries in the order in which they were added.',
);

const StreamEntryConnectionRef = builder.connectionObject(
  { type: StreamEntryRef, name: 'StreamEntryConnection', description: 'A page of the entries of a stream.' },
  { description: 'An entry on a page.' },
);

builder.objectFields(StreamKeyRef, (t) => ({
  length: t.field({ type: 'SafeInt', description: 'The number of entries (XLEN).', resolve: length }),
  lastId: t.field({
    type: 'StreamId',
    description: 'The ID of the last entry that was added, even if it was deleted since; `0-0` if none was ever added.',
    resolve: furtherField('STREAM', 'lastId', lastId),
  }),
  entries: t.field({
    authScopes: { may: 'streams:read' },
    type: StreamEntryConnectionRef,
    description: 'The entries from `start` to `end`, both included, in pages.',
    args: {
      ...pageArguments,
      start: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '-',
        description: 'The lowest ID; `-` means the first entry.',
      }),
      end: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '+',
        description: 'The highest ID; `+` means the last entry.',
      }),
      reverse: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: 'Whether the newest entries come first, from `end` to `start`.',
      }),
    },
    resolve: furtherField('STREAM', 'entries', (reading, args: EntriesArgs, context) =>
      entries(context, reading, args),
    ),
  }),
}));

linkKeysOfType('stream', 'STREAM', StreamKeyRef);
