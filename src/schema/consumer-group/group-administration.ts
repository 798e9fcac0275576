import { encodeGlobalID } from '@pothos/plugin-relay';
import { idOfGroup, payloadGroup } from '../../resolvers/consumer-group/consumer-group.js';
import {
  claimEntries,
  deleteConsumer,
  deleteConsumerGroup,
  setConsumerGroupPosition,
} from '../../resolvers/consumer-group/group-administration.js';
import type { ChangedGroup } from '../../resolvers/consumer-group/group-input.js';
import type { Context } from '../../resolvers/shared/context.js';
import { builder } from '../builder.js';
import type { InputFields } from '../key/key-input.js';
import { encodingInput } from '../shared/encoding.js';
import { payloadRef, withUserErrors, type Payload } from '../shared/user-error.js';
import { ConsumerGroupRef } from './consumer-group.js';

/** The fields that name the group in the input of a mutation. */
function groupInputFields(t: InputFields) {
  return {
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    group: t.string({ required: true, description: 'The name of the consumer group.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of names.' }),
  };
}

const DeleteConsumerGroupInputRef = builder.inputType('DeleteConsumerGroupInput', {
  description: 'A consumer group to delete.',
  fields: groupInputFields,
});

const SetConsumerGroupPositionInputRef = builder.inputType('SetConsumerGroupPositionInput', {
  description: 'A consumer group and its new position.',
  fields: (t) => ({
    ...groupInputFields(t),
    after: t.field({
      type: 'StreamId',
      required: true,
      description:
        'The group delivers the entries after this ID: `$` means those added from now on, `0` all existing ones. An ID above the ' +
        "stream's last ID is INVALID_INPUT.",
    }),
  }),
});

const DeleteConsumerInputRef = builder.inputType('DeleteConsumerInput', {
  description: 'A consumer to remove from its group.',
  fields: (t) => ({
    ...groupInputFields(t),
    consumer: t.string({ required: true, description: 'The name of the consumer.' }),
    dropPending: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether its pending entries may be dropped: no consumer receives them again. Otherwise a consumer that has some is INVALID_STATE.',
    }),
  }),
});

const ClaimEntriesInputRef = builder.inputType('ClaimEntriesInput', {
  description: 'Pending entries, and the consumer that is to hold them.',
  fields: (t) => ({
    ...groupInputFields(t),
    consumer: t.string({
      required: true,
      description: 'The name of the consumer. It is created if it does not exist.',
    }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: 'The IDs of the entries, 1 to 1000.' }),
    minIdleSeconds: t.float({
      required: true,
      defaultValue: 0,
      description:
        'Only entries that are idle for at least this many seconds: their consumer has not received or extended them since.',
    }),
  }),
});

const payloadGroupField = {
  authScopes: { may: 'groups:read' },
  type: ConsumerGroupRef,
  description: 'The current state of the group; null if it no longer exists, or if there are user errors.',
  resolve: ({ result }: Payload<ChangedGroup>, _arguments: object, context: Context) =>
    result ? payloadGroup(context, result.stream, result.group) : null,
} as const;

type DeletedGroup = Awaited<ReturnType<typeof deleteConsumerGroup>>;

const DeleteConsumerGroupPayloadRef = payloadRef<DeletedGroup>('DeleteConsumerGroupPayload').implement({
  description:
    'The result of `deleteConsumerGroup`. If the group does not exist, `deleted` is false; that is no user error.',
  fields: (t) => ({
    deleted: t.boolean({
      description: 'Whether the group existed and was deleted.',
      resolve: ({ result }) => result?.deleted,
    }),
    deletedGroupId: t.id({
      description: 'The global ID of the group if it was deleted, so that clients can remove it from their caches.',
      resolve: ({ result }) =>
        result?.deleted === true ? encodeGlobalID('ConsumerGroup', idOfGroup({ ...result, name: result.group })) : null,
    }),
  }),
});

const SetConsumerGroupPositionPayloadRef = payloadRef<ChangedGroup>('SetConsumerGroupPositionPayload').implement({
  description: 'The result of `setConsumerGroupPosition`.',
  fields: (t) => ({ group: t.field(payloadGroupField) }),
});

type DeletedConsumer = Awaited<ReturnType<typeof deleteConsumer>>;

const DeleteConsumerPayloadRef = payloadRef<DeletedConsumer>('DeleteConsumerPayload').implement({
  description: 'The result of `deleteConsumer`. A consumer that does not exist is no user error.',
  fields: (t) => ({
    dropped: t.field({
      type: 'SafeInt',
      description: 'The number of pending entries that were dropped with the consumer.',
      resolve: ({ result }) => result?.dropped,
    }),
    group: t.field(payloadGroupField),
  }),
});

type ClaimedEntries = Awaited<ReturnType<typeof claimEntries>>;

const ClaimEntriesPayloadRef = payloadRef<ClaimedEntries>('ClaimEntriesPayload').implement({
  description: 'The result of `claimEntries`.',
  fields: (t) => ({
    claimed: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description:
        'The IDs of the entries that the consumer holds now. The others are not pending, not idle for long enough, or deleted.',
      resolve: ({ result }) => result?.claimed,
    }),
    group: t.field(payloadGroupField),
  }),
});

builder.mutationFields((t) => ({
  deleteConsumerGroup: t.field({
    authScopes: { may: 'groups:admin' },
    type: DeleteConsumerGroupPayloadRef,
    description:
      'Deletes a consumer group with its position and pending entries (XGROUP DESTROY). A group that subscribers of this API read is ' +
      'created again at its position.',
    args: { input: t.arg({ type: DeleteConsumerGroupInputRef, required: true, description: 'The group.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteConsumerGroup(context, input)),
  }),
  setConsumerGroupPosition: t.field({
    authScopes: { may: 'groups:admin' },
    type: SetConsumerGroupPositionPayloadRef,
    description:
      'Makes a consumer group deliver the entries after an ID, again if they were delivered before (XGROUP SETID). Pending entries stay ' +
      'pending.',
    args: {
      input: t.arg({
        type: SetConsumerGroupPositionInputRef,
        required: true,
        description: 'The group and its position.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => setConsumerGroupPosition(context, input)),
  }),
  deleteConsumer: t.field({
    authScopes: { may: 'groups:admin' },
    type: DeleteConsumerPayloadRef,
    description: 'Removes a consumer from its group (XGROUP DELCONSUMER).',
    args: { input: t.arg({ type: DeleteConsumerInputRef, required: true, description: 'The consumer.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteConsumer(context, input)),
  }),
  claimEntries: t.field({
    authScopes: { may: 'groups:write' },
    type: ClaimEntriesPayloadRef,
    description:
      'Moves pending entries to a consumer, whoever holds them (XCLAIM with JUSTID): it resets their idle time, but not their ' +
      '`deliveryCount`. The consumer receives them when it subscribes the next time.',
    args: {
      input: t.arg({ type: ClaimEntriesInputRef, required: true, description: 'The consumer and the entries.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => claimEntries(context, input)),
  }),
}));
