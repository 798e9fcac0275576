import type { StreamDelivery } from '../domain/delivery.js';
import { streamEntries } from '../resolvers/stream-entries.js';
import { builder } from './builder.js';
import { eventAlone } from './event-alone.js';
import { EncodingEnum } from './encoding.js';
import { GapRef } from './gap.js';
import { sameForEveryone } from './same-for-everyone.js';
import { reachedWith } from './scopes.js';
import { StreamEntryRef } from './stream-entry.js';

const StreamDeliveryRef = builder.objectRef<StreamDelivery>('StreamDelivery').implement({
  description: "Entries that became readable together, in order; to resume, subscribe after the last one's ID.",
  extensions: { ...sameForEveryone, ...reachedWith('streams:read') },
  fields: (t) => ({
    entries: t.field({
      type: [StreamEntryRef],
      nullable: false,
      description: 'The entries in order; none where only a gap is told.',
      resolve: ({ entries }) => entries,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description: 'Told where entries before these may have been removed before they were read.',
    }),
  }),
});

builder.subscriptionField('streamEntries', (t) =>
  t.field({
    authScopes: { may: 'streams:read' },
    type: StreamDeliveryRef,
    extensions: { ...sameForEveryone, ...eventAlone },
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
          'The entry after which to begin: an ID, `0` for all that stand, `$` for those added from now on. The header ' +
          '`Last-Event-ID` of an event stream that comes back takes its place.',
      }),
    },
    subscribe: (_root, args, context) => streamEntries(context, args),
    resolve: (delivery) => delivery,
  }),
);
