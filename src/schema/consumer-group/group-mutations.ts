import { acknowledgeEntries, createConsumerGroup, extendEntries } from '../../resolvers/consumer-group/group-writes.js';
import { payloadGroup } from '../../resolvers/stream/stream.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ConsumerGroupRef } from '../stream/stream-key.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const CreateConsumerGroupInputRef = builder.inputType('CreateConsumerGroupInput', {
  description: 'Creates the stream too if it does not exist (MKSTREAM).',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key." }),
    group: t.string({ required: true, description: "The group's name." }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    startAt: t.field({
      type: 'StreamId',
      required: true,
      defaultValue: '$',
      description:
        "Deliver the entries after this ID: `$` those added from now on, `0` all that exist. An ID above the stream's last, or any " +
        'of a stream that does not exist, is INVALID_INPUT: entries up to it would be given to nobody.',
    }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Succeed with the group that stands, unchanged, instead of ALREADY_EXISTS.',
    }),
  }),
});

const AcknowledgeEntriesInputRef = builder.inputType('AcknowledgeEntriesInput', {
  description: 'Entries that a consumer of a group has dealt with.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key." }),
    group: t.string({ required: true, description: "The group's name." }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: '1 to 1000 IDs.' }),
    delete: t.boolean({
      required: true,
      defaultValue: false,
      description: 'XDEL after XACK: the entries leave the stream, for other groups too.',
    }),
  }),
});

const ExtendEntriesInputRef = builder.inputType('ExtendEntriesInput', {
  description: 'Entries on which a consumer of a group is still at work.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key." }),
    group: t.string({ required: true, description: "The group's name." }),
    consumer: t.string({ required: true, description: 'The consumer to which the entries were delivered.' }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: '1 to 1000 IDs.' }),
  }),
});

type CreatedGroup = Awaited<ReturnType<typeof createConsumerGroup>>;

const CreateConsumerGroupPayloadRef = payloadRef<CreatedGroup>('CreateConsumerGroupPayload').implement({
  description: 'What `createConsumerGroup` answers.',
  fields: (t) => ({
    created: t.boolean({
      description: 'False where the group stood already.',
      resolve: ({ result }) => result?.created,
    }),
    group: t.field({
      authScopes: { may: 'groups:read' },
      type: ConsumerGroupRef,
      description: 'The group as it is now; null if it is gone already.',
      resolve: ({ result }, _arguments, context) =>
        result ? payloadGroup(context, result.stream, result.group) : null,
    }),
  }),
});

const AcknowledgeEntriesPayloadRef = payloadRef<{ readonly acknowledged: number }>(
  'AcknowledgeEntriesPayload',
).implement({
  description: 'What `acknowledgeEntries` answers.',
  fields: (t) => ({
    acknowledged: t.int({
      description: 'How many of the entries were pending in the group until now.',
      resolve: ({ result }) => result?.acknowledged,
    }),
  }),
});

type ExtendedEntries = Awaited<ReturnType<typeof extendEntries>>;

const ExtendEntriesPayloadRef = payloadRef<ExtendedEntries>('ExtendEntriesPayload').implement({
  description: 'What `extendEntries` answers.',
  fields: (t) => ({
    extended: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description: 'The entries that stay with the consumer, as if they had been delivered now.',
      resolve: ({ result }) => result?.extended,
    }),
    lost: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description: "The entries that are no longer this consumer's: acknowledged, claimed by another, or deleted.",
      resolve: ({ result }) => result?.lost,
    }),
  }),
});

builder.mutationFields((t) => ({
  createConsumerGroup: t.field({
    authScopes: { may: 'groups:admin' },
    type: CreateConsumerGroupPayloadRef,
    description:
      'Creates a consumer group of a stream, and the stream if it does not exist (XGROUP CREATE MKSTREAM), which requires ' +
      '`streams:write` as well.',
    args: {
      input: t.arg({ type: CreateConsumerGroupInputRef, required: true, description: 'Which, and from where.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => createConsumerGroup(context, input)),
  }),
  acknowledgeEntries: t.field({
    authScopes: { may: 'groups:write' },
    type: AcknowledgeEntriesPayloadRef,
    description: 'Tells a group that entries were dealt with (XACK), so that they go to nobody else.',
    args: { input: t.arg({ type: AcknowledgeEntriesInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => acknowledgeEntries(context, input)),
  }),
  extendEntries: t.field({
    authScopes: { may: 'groups:write' },
    type: ExtendEntriesPayloadRef,
    description:
      'Keeps entries on which a consumer is still at work from being claimed: their idle time begins anew, their ' +
      '`deliveryCount` stays. To be called more often than `claimIdleSeconds`, through any process of this API.',
    args: { input: t.arg({ type: ExtendEntriesInputRef, required: true, description: 'Which, and whose.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => extendEntries(context, input)),
  }),
}));
