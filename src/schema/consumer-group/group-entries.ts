import type { GroupDelivery, GroupEntry } from '../../domain/realtime/delivery.js';
import { groupEntries } from '../../resolvers/consumer-group/group-entries.js';
import { builder } from '../builder.js';
import { changesState } from '../shared/changes-state.js';
import { sourceArguments } from '../shared/source-arguments.js';
import { EncodingEnum } from '../shared/encoding.js';
import { GapRef } from '../shared/gap.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';
import { SubscriptionStartRef } from '../shared/subscription-start.js';
import { StreamEntryRef } from '../stream/stream-entry.js';

const GroupEntryRef = builder.objectRef<GroupEntry>('GroupEntry').implement({
  description: 'An entry as it is delivered to one consumer of a group.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entry: t.expose('entry', { type: StreamEntryRef, nullable: false, description: 'The entry.' }),
    deliveryCount: t.exposeInt('deliveryCount', {
      nullable: false,
      description: 'Deliveries so far in the group, 1 at first.',
    }),
    claimed: t.exposeBoolean('claimed', {
      nullable: false,
      description: 'True where the entry was claimed from another consumer.',
    }),
  }),
});

const GroupDeliveryRef = builder.objectRef<GroupDelivery>('GroupDelivery').implement({
  description: 'Entries that the group gives to this consumer together.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entries: t.field({
      type: [GroupEntryRef],
      nullable: false,
      description:
        'The entries, each to be acknowledged once it is worked off; empty only if the delivery carries `gap` or `started`.',
      resolve: ({ entries }) => entries,
    }),
    gap: t.expose('gap', {
      type: GapRef,
      nullable: true,
      description: 'Reports that the group was destroyed and has been made again, or that it passes over entries.',
    }),
    started: t.field({
      type: SubscriptionStartRef,
      nullable: true,
      description: 'In the first delivery, if `announce` is true.',
      resolve: ({ started }) => started ?? null,
    }),
  }),
});

const AckModeEnum = builder.enumType('AckMode', {
  description: 'Who acknowledges entries, and when.',
  values: {
    MANUAL: {
      description:
        "The client acknowledges with `acknowledgeEntries`: at least once to the client's own acknowledgement.",
    },
    ON_SEND: { description: 'Acknowledged once sent: at most once to the client.' },
  } as const,
});

builder.subscriptionField('groupEntries', (t) =>
  t.field({
    authScopes: { may: ['groups:write', 'streams:read'] },
    type: GroupDeliveryRef,
    extensions: { ...callerIndependent, ...sourceArguments, ...changesState },
    description:
      'Each entry goes to one consumer of the group; unacknowledged entries are claimed by another after `claimIdleSeconds`. ' +
      'Naming a dead-letter stream needs the right to write to it. Over HTTP it requires POST, since it changes the group.',
    args: {
      cluster: t.arg.string({ required: true, description: "The cluster's name." }),
      stream: t.arg.string({ required: true, description: "The stream's key." }),
      group: t.arg.string({ required: true, description: "The group's name; see `createConsumerGroup`." }),
      consumer: t.arg.string({
        required: true,
        description: 'A name that no other subscriber of the group has. Its own pending entries come first.',
      }),
      encoding: t.arg({
        type: EncodingEnum,
        required: true,
        defaultValue: 'UTF8',
        description: 'How stream, group, consumer and dead-letter stream are written here.',
      }),
      ack: t.arg({
        type: AckModeEnum,
        required: true,
        defaultValue: 'MANUAL',
        description: 'Who acknowledges entries.',
      }),
      maxInFlight: t.arg.int({
        required: true,
        defaultValue: 64,
        description: 'How many entries may be out unacknowledged, 1 to 10000; with ON_SEND, how many come together.',
      }),
      claimIdleSeconds: t.arg.float({
        required: true,
        defaultValue: 60,
        description: "How long another consumer's entry must be unacknowledged to be claimed, 0.1 to 86400.",
      }),
      maxDeliveries: t.arg.int({
        description: 'Deliveries after which an entry goes to the dead-letter stream instead of to another consumer.',
      }),
      deadLetterStream: t.arg.string({
        description: 'The stream for entries delivered too often, with their history; goes with `maxDeliveries`.',
      }),
      announce: t.arg.boolean({
        required: true,
        defaultValue: false,
        description:
          'Sends a first delivery with `started` once the group is found to exist; the group delivers every entry added after it. ' +
          'It acknowledges nothing and does not count as an entry; its `cursor` is null, as the group keeps its own position.',
      }),
    },
    subscribe: (_root, args, context) => groupEntries(context, args),
    resolve: (delivery) => delivery,
  }),
);
