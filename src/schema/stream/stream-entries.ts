import type { StreamDelivery } from '../../domain/realtime/delivery.js';
import { streamEntries } from '../../resolvers/stream/stream-entries.js';
import { builder } from '../builder.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { EncodingEnum } from '../shared/encoding.js';
import { GapRef } from '../shared/gap.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';
import { StreamEntryRef } from './stream-entry.js';

const StreamDeliveryRef = builder.objectRef<StreamDelivery>('StreamDelivery').implement({
  description: "Entries that became readable together, in order. To resume, subscribe after the last one's ID.",
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entries: t.field({
      type: [StreamEntryRef],
      nullable: false,
      description: 'The entries in order; empty only if the delivery carries `gap` or `started`.',
      resolve: ({ entries }) => entries,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description:
        'Reports that entries before these may have been removed before they were read, or that the stream was deleted or made ' +
        'again: it is then read from its start.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description: 'In the first delivery, if `announce` is true: where the subscription begins.',
      resolve: ({ started }) => started ?? null,
    }),
  }),
});

builder.subscriptionField('streamEntries', (t) =>
  t.field({
    authScopes: { may: 'streams:read' },
    type: StreamDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments },
    description: 'Every subscriber sees every entry; `after` resumes without loss or repeat.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name." }),
      stream: t.arg.string({ required: true, description: "The stream's key; it may not exist yet." }),
      encoding: t.arg({
        type: EncodingEnum,
        required: true,
        defaultValue: 'UTF8',
        description: 'How the stream is written here.',
      }),
      after: t.arg({
        type: 'StreamId',
        required: true,
        defaultValue: '$',
        description:
          'The entry after which to begin: an ID, `0` for all existing entries, `$` for those added from now on. An ID above the ' +
          "stream's last ID belongs to a stream that was there before: the first delivery carries a gap, and the stream is read " +
          'from its start. The header `Last-Event-ID` of an event stream that reconnects replaces this argument.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Sends a first delivery with `started` once the stream can be read; every entry added after it arrives. Its `cursor` ' +
          'is the position to resume from until an entry has arrived.',
      }),
    },
    subscribe: (_root, args, context) => streamEntries(context, args),
    resolve: (delivery) => delivery,
  }),
);
