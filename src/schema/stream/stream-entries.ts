import type { StreamDelivery } from '../../domain/realtime/delivery.js';
import { streamEntries } from '../../resolvers/stream/stream-entries.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { encodingArgumentOf } from '../shared/encoding.js';
import { GapRef } from '../shared/gap.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';
import { StreamEntryRef } from './stream-entry.js';

const StreamDeliveryRef = builder.objectRef<StreamDelivery>('StreamDelivery').implement({
  description: 'Entries that were read together. To resume, subscribe with `after` set to the ID of the last entry.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entries: t.field({
      type: [StreamEntryRef],
      nullable: false,
      description: 'The entries in order. Empty only if the delivery carries `gap` or `started`.',
      resolve: ({ entries }) => entries,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description:
        'A report that entries were removed before they were read, or that the stream was deleted or created again and is read from its ' +
        'start; null if there is none.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description:
        'Present only in the first delivery of a subscription with `announce: true`: the position at which it starts.',
      resolve: ({ started }) => started ?? null,
    }),
  }),
});

builder.subscriptionField('streamEntries', (t) =>
  t.field({
    authScopes: { may: 'streams:read' },
    type: StreamDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description:
      'The entries of a stream as they are added. Every subscriber receives every entry; `after` resumes without loss or repetition.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      stream: t.arg.string({ required: true, description: 'The key of the stream, which need not exist yet.' }),
      ...encodingArgumentOf('The encoding of `stream`.'),
      after: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '$',
        description:
          'The entry after which to start: an ID, `0` for all existing entries, or `$` for entries added from now on. An ID above the ' +
          "stream's last ID belongs to a deleted stream of the same name: the first delivery then carries a gap, and the stream is read " +
          'from its start. If an event stream reconnects with the header `Last-Event-ID`, the header replaces this argument.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether to send a first delivery with `started` once the stream can be read. Every entry added after it is delivered. Its ' +
          '`cursor` is the position from which to resume until an entry arrives.',
      }),
    },
    subscribe: (_root, args, context) => streamEntries(context, args),
    resolve: (delivery) => delivery,
  }),
);
