import { acknowledgeEntries, createConsumerGroup, extendEntries } from '../../resolvers/consumer-group/group-writes.js';
import { payloadGroup } from '../../resolvers/consumer-group/consumer-group.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { ConsumerGroupRef } from './consumer-group.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const CreateConsumerGroupInputRef = builder.inputType('CreateConsumerGroupInput', {
  description: 'A new consumer group.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    group: t.string({ required: true, description: 'The name of the consumer group.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of names.' }),
    startAt: t.field({
      type: 'StreamId',
      required: true,
      defaultValue: '$',
      description:
        'The group delivers the entries after this ID: `$` means those added from now on, `0` all existing ones. An ID above the ' +
        "stream's last ID, or any ID if the stream does not exist, is INVALID_INPUT: no consumer would receive entries up to it.",
    }),
    ifNotExists: t.boolean({
      required: true,
      defaultValue: false,
      description: 'If the group exists, succeed with it, unchanged, instead of failing with ALREADY_EXISTS.',
    }),
  }),
});

const AcknowledgeEntriesInputRef = builder.inputType('AcknowledgeEntriesInput', {
  description: 'Entries that a consumer has processed.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    group: t.string({ required: true, description: 'The name of the consumer group.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of names.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: 'The IDs of the entries, 1 to 1000.' }),
    delete: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether to delete the entries from the stream (XDEL), also for other groups. It requires `streams:write`.',
    }),
  }),
});

const ExtendEntriesInputRef = builder.inputType('ExtendEntriesInput', {
  description: 'Entries that a consumer is still processing.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    group: t.string({ required: true, description: 'The name of the consumer group.' }),
    consumer: t.string({
      required: true,
      description: 'The name of the consumer to which the entries were delivered.',
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of names.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: 'The IDs of the entries, 1 to 1000.' }),
  }),
});

type CreatedGroup = Awaited<ReturnType<typeof createConsumerGroup>>;

const CreateConsumerGroupPayloadRef = payloadRef<CreatedGroup>('CreateConsumerGroupPayload').implement({
  description: 'The result of `createConsumerGroup`.',
  fields: (t) => ({
    created: t.boolean({
      description: 'Whether this mutation created the group; false if it already existed.',
      resolve: ({ result }) => result?.created,
    }),
    group: t.field({
      authScopes: { may: 'groups:read' },
      type: ConsumerGroupRef,
      description: 'The current state of the group; null if it no longer exists, or if there are user errors.',
      resolve: ({ result }, _arguments, context) =>
        result ? payloadGroup(context, result.stream, result.group) : null,
    }),
  }),
});

const AcknowledgeEntriesPayloadRef = payloadRef<{ readonly acknowledged: number }>(
  'AcknowledgeEntriesPayload',
).implement({
  description: 'The result of `acknowledgeEntries`.',
  fields: (t) => ({
    acknowledged: t.int({
      description: 'The number of entries that were pending and are now acknowledged.',
      resolve: ({ result }) => result?.acknowledged,
    }),
  }),
});

type ExtendedEntries = Awaited<ReturnType<typeof extendEntries>>;

const ExtendEntriesPayloadRef = payloadRef<ExtendedEntries>('ExtendEntriesPayload').implement({
  description: 'The result of `extendEntries`.',
  fields: (t) => ({
    extended: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description: 'The IDs of the entries that the consumer keeps, as if they had been delivered now.',
      resolve: ({ result }) => result?.extended,
    }),
    lost: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description:
        'The IDs of the entries that the consumer no longer holds: they were acknowledged, claimed by another consumer, or deleted.',
      resolve: ({ result }) => result?.lost,
    }),
  }),
});

builder.mutationFields((t) => ({
  createConsumerGroup: t.field({
    authScopes: { may: 'groups:admin' },
    type: CreateConsumerGroupPayloadRef,
    description:
      'Creates a consumer group (XGROUP CREATE). If the stream does not exist, it is created too (MKSTREAM), which also requires ' +
      '`streams:write`.',
    args: {
      input: t.arg({ type: CreateConsumerGroupInputRef, required: true, description: 'The new group.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => createConsumerGroup(context, input)),
  }),
  acknowledgeEntries: t.field({
    authScopes: { may: 'groups:write' },
    type: AcknowledgeEntriesPayloadRef,
    description: 'Acknowledges entries (XACK), so that no other consumer receives them.',
    args: {
      input: t.arg({ type: AcknowledgeEntriesInputRef, required: true, description: 'The group and the entries.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => acknowledgeEntries(context, input)),
  }),
  extendEntries: t.field({
    authScopes: { may: 'groups:write' },
    type: ExtendEntriesPayloadRef,
    description:
      'Keeps entries that a consumer is still processing from being claimed: it resets their idle time, but not their `deliveryCount`. ' +
      'Call it more often than every `claimIdleSeconds`, through any process of this API.',
    args: {
      input: t.arg({ type: ExtendEntriesInputRef, required: true, description: 'The consumer and the entries.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => extendEntries(context, input)),
  }),
}));
