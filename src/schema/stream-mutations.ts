import { findGroup } from '../datasources/valkey/stream.js';
import {
  acknowledgeEntries,
  addStreamEntry,
  createConsumerGroup,
  deleteStreamEntries,
} from '../resolvers/stream-writes.js';
import { builder } from './builder.js';
import { encodingInput } from './encoding.js';
import { ConsumerGroupRef } from './stream-key.js';
import { payloadRef, withUserErrors } from './user-error.js';

const StreamFieldInputRef = builder.inputType('StreamFieldInput', {
  description: 'A field of a new entry; a name may repeat.',
  fields: (t) => ({
    name: t.string({ required: true, description: "The field's name." }),
    value: t.string({ required: true, description: "The field's value." }),
  }),
});

const AddStreamEntryInputRef = builder.inputType('AddStreamEntryInput', {
  description: 'An entry to be added to a stream.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key; it is made where it is not there." }),
    fields: t.field({ type: [StreamFieldInputRef], required: true, description: '1 to 1000 fields, in this order.' }),
    entryId: t.field({ type: 'StreamId', description: 'Above all IDs so far; left out, Valkey chooses by its clock.' }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'How values are written.' }),
    maxLength: t.int({ description: 'Trims the stream to about this many entries (MAXLEN ~).' }),
  }),
});

const CreateConsumerGroupInputRef = builder.inputType('CreateConsumerGroupInput', {
  description: 'Creates the stream too (MKSTREAM).',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key." }),
    group: t.string({ required: true, description: "The group's name." }),
    encoding: t.field({ ...encodingInput, description: 'How names are written.' }),
    startAt: t.field({
      type: 'StreamId',
      required: true,
      defaultValue: '$',
      description: 'Deliver what comes after this ID; `$` what is added from now on, `0` all that stands.',
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

const DeleteStreamEntriesInputRef = builder.inputType('DeleteStreamEntriesInput', {
  description: 'Entries to be deleted from a stream.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name." }),
    stream: t.string({ required: true, description: "The stream's key." }),
    encoding: t.field({ ...encodingInput, description: 'How the name is written.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: '1 to 1000 IDs.' }),
  }),
});

const AddStreamEntryPayloadRef = payloadRef<{ readonly entryId: string }>('AddStreamEntryPayload').implement({
  description: 'What `addStreamEntry` answers.',
  fields: (t) => ({
    entryId: t.field({ type: 'StreamId', description: "The entry's ID.", resolve: ({ result }) => result?.entryId }),
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
      type: ConsumerGroupRef,
      description: 'The group as it now stands.',
      resolve: ({ result }) => (result ? findGroup(result.stream, result.group) : null),
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

const DeleteStreamEntriesPayloadRef = payloadRef<{ readonly deleted: number }>('DeleteStreamEntriesPayload').implement({
  description: 'What `deleteStreamEntries` answers.',
  fields: (t) => ({
    deleted: t.int({ description: 'How many of the entries there were.', resolve: ({ result }) => result?.deleted }),
  }),
});

builder.mutationFields((t) => ({
  addStreamEntry: t.field({
    type: AddStreamEntryPayloadRef,
    description: 'Adds an entry to a stream (XADD).',
    args: { input: t.arg({ type: AddStreamEntryInputRef, required: true, description: 'What, and where to.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => addStreamEntry(context, input)),
  }),
  createConsumerGroup: t.field({
    type: CreateConsumerGroupPayloadRef,
    description: 'Makes a consumer group of a stream, and the stream where it is not there (XGROUP CREATE MKSTREAM).',
    args: {
      input: t.arg({ type: CreateConsumerGroupInputRef, required: true, description: 'Which, and from where.' }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => createConsumerGroup(context, input)),
  }),
  acknowledgeEntries: t.field({
    type: AcknowledgeEntriesPayloadRef,
    description: 'Tells a group that entries were dealt with (XACK), so that they go to nobody else.',
    args: { input: t.arg({ type: AcknowledgeEntriesInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => acknowledgeEntries(context, input)),
  }),
  deleteStreamEntries: t.field({
    type: DeleteStreamEntriesPayloadRef,
    description: 'Deletes entries from a stream (XDEL).',
    args: { input: t.arg({ type: DeleteStreamEntriesInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteStreamEntries(context, input)),
  }),
}));
