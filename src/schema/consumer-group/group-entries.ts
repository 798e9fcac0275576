import type { GroupDelivery, GroupEntry } from '../../domain/realtime/delivery.js';
import { groupEntries } from '../../resolvers/consumer-group/group-entries.js';
import { builder } from '../builder.js';
import { changesState } from '../shared/changes-state.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { encodingArgumentOf } from '../shared/encoding.js';
import { GapRef } from '../shared/gap.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';
import { StreamEntryRef } from '../stream/stream-entry.js';

const GroupEntryRef = builder.objectRef<GroupEntry>('GroupEntry').implement({
  description: 'An entry that is delivered to one consumer of a consumer group.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entry: t.expose('entry', { type: StreamEntryRef, nullable: false, description: 'The entry.' }),
    deliveryCount: t.exposeInt('deliveryCount', {
      nullable: false,
      description: 'How often the group has delivered the entry, starting at 1.',
    }),
    claimed: t.exposeBoolean('claimed', {
      nullable: false,
      description: 'Whether the entry was claimed from another consumer.',
    }),
  }),
});

const GroupDeliveryRef = builder.objectRef<GroupDelivery>('GroupDelivery').implement({
  description: 'Entries that the consumer group delivers to this consumer together.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entries: t.field({
      type: [GroupEntryRef],
      nullable: false,
      description:
        'The entries, to be acknowledged once each is processed. Empty only if the delivery carries `gap` or `started`.',
      resolve: ({ entries }) => entries,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description:
        'A report that the group was destroyed and created again, or that it skips entries; null if there is none.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description: 'Present only in the first delivery of a subscription with `announce: true`.',
      resolve: ({ started }) => started ?? null,
    }),
  }),
});

const AckModeEnum = builder.enumType('AckMode', {
  description: 'The way in which entries are acknowledged.',
  values: {
    MANUAL: {
      description:
        'The client acknowledges entries with `acknowledgeEntries` after processing them: each entry is processed at least once.',
    },
    ON_SEND: { description: 'This API acknowledges entries before it sends them: each entry arrives at most once.' },
  } as const,
});

builder.subscriptionField('groupEntries', (t) =>
  t.field({
    authScopes: { may: ['groups:write', 'streams:read'] },
    type: GroupDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments, ...changesState },
    description:
      'Entries of a consumer group for one consumer. Each entry goes to one consumer of the group; entries that stay unacknowledged for ' +
      '`claimIdleSeconds` are claimed for another. Naming a dead-letter stream also requires `streams:write` on it. Over HTTP the ' +
      'subscription requires POST, because it changes the group.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name, in any case." }),
      stream: t.arg.string({ required: true, description: 'The key of the stream.' }),
      group: t.arg.string({
        required: true,
        description: 'The name of the consumer group, which must exist: see `createConsumerGroup`.',
      }),
      consumer: t.arg.string({
        required: true,
        description:
          'The name of the consumer, which no other subscriber of the group may use. Its own pending entries are delivered first.',
      }),
      ...encodingArgumentOf('The encoding of `stream`, `group`, `consumer` and `deadLetterStream`.'),
      ack: t.arg({
        type: AckModeEnum,
        required: true,
        defaultValue: 'MANUAL',
        description: 'The way in which entries are acknowledged.',
      }),
      maxInFlight: t.arg.int({
        required: true,
        defaultValue: 64,
        description:
          'The most entries that may be unacknowledged at once, 1 to 10000; with ON_SEND, the most entries in one delivery.',
      }),
      claimIdleSeconds: t.arg.float({
        required: true,
        defaultValue: 60,
        description: 'Seconds after which an unacknowledged entry of another consumer may be claimed, 0.1 to 86400.',
      }),
      maxDeliveries: t.arg.int({
        description:
          'The number of deliveries, 1 or more, after which an entry is moved to `deadLetterStream` instead of being claimed. Requires `deadLetterStream`.',
      }),
      deadLetterStream: t.arg.string({
        description:
          'The key of the stream to which entries are moved after `maxDeliveries`, with the history of their deliveries. Requires `maxDeliveries`.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Whether to send a first delivery with `started` once the group is known to exist. The group delivers every entry added after ' +
          'it. Its `cursor` is null, because the group keeps its own position.',
      }),
    },
    subscribe: (_root, args, context) => groupEntries(context, args),
    resolve: (delivery) => delivery,
  }),
);
