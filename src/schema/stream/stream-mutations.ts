import { addStreamEntry, deleteStreamEntries } from '../../resolvers/stream/stream-writes.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

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

const DeleteStreamEntriesPayloadRef = payloadRef<{ readonly deleted: number }>('DeleteStreamEntriesPayload').implement({
  description: 'What `deleteStreamEntries` answers.',
  fields: (t) => ({
    deleted: t.int({ description: 'How many of the entries there were.', resolve: ({ result }) => result?.deleted }),
  }),
});

builder.mutationFields((t) => ({
  addStreamEntry: t.field({
    authScopes: { may: 'streams:write' },
    type: AddStreamEntryPayloadRef,
    description: 'Adds an entry to a stream (XADD).',
    args: { input: t.arg({ type: AddStreamEntryInputRef, required: true, description: 'What, and where to.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => addStreamEntry(context, input)),
  }),
  deleteStreamEntries: t.field({
    authScopes: { may: 'streams:write' },
    type: DeleteStreamEntriesPayloadRef,
    description: 'Deletes entries from a stream (XDEL).',
    args: { input: t.arg({ type: DeleteStreamEntriesInputRef, required: true, description: 'Which.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => deleteStreamEntries(context, input)),
  }),
}));
