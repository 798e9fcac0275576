import type { GraphQLResolveInfo } from 'graphql';
import { addStreamEntry, deleteStreamEntries } from '../../resolvers/stream/stream-writes.js';
import { builder } from '../builder.js';
import type { InputFields } from '../key/key-input.js';
import { encodingInput } from '../shared/encoding.js';
import { selects } from '../shared/selection.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const StreamFieldInputRef = builder.inputType('StreamFieldInput', {
  description: 'A field of a new entry. Names may repeat.',
  fields: (t) => ({
    name: t.string({ required: true, description: "The field's name." }),
    value: t.string({ required: true, description: "The field's value." }),
  }),
});

/** The fields of the mutation beside the cluster, also of the operation of a transaction. */
export function addStreamEntryFields(t: InputFields) {
  return {
    stream: t.string({ required: true, description: 'The key of the stream, which is created if it does not exist.' }),
    fields: t.field({ type: [StreamFieldInputRef], required: true, description: 'The fields in order, 1 to 1000.' }),
    entryId: t.field({
      type: 'StreamId',
      description: 'The ID of the entry, above all earlier IDs. If omitted, Valkey generates it from its clock.',
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the key and of the names of fields.' }),
    valueEncoding: t.field({ ...encodingInput, description: 'The encoding of the values of fields.' }),
    maxLength: t.int({
      description: 'Trim the stream to about this many entries (MAXLEN ~), 0 or more. If omitted, it is not trimmed.',
    }),
  };
}

const AddStreamEntryInputRef = builder.inputType('AddStreamEntryInput', {
  description: 'A new entry of a stream.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    ...addStreamEntryFields(t),
  }),
});

const DeleteStreamEntriesInputRef = builder.inputType('DeleteStreamEntriesInput', {
  description: 'Entries to delete from a stream.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the key.' }),
    entryIds: t.field({ type: ['StreamId'], required: true, description: 'The IDs of the entries, 1 to 1000.' }),
  }),
});

const AddStreamEntryPayloadRef = payloadRef<{ readonly entryId: string }>('AddStreamEntryPayload').implement({
  description: 'The result of `addStreamEntry`.',
  fields: (t) => ({
    entryId: t.field({
      type: 'StreamId',
      description: 'The ID of the new entry.',
      resolve: ({ result }) => result?.entryId,
    }),
  }),
});

type DeletedEntries = Awaited<ReturnType<typeof deleteStreamEntries>>;

const DeleteStreamEntriesPayloadRef = payloadRef<DeletedEntries>('DeleteStreamEntriesPayload').implement({
  description: 'The result of `deleteStreamEntries`.',
  fields: (t) => ({
    deleted: t.int({
      description: 'The number of entries that existed and were deleted.',
      resolve: ({ result }) => result?.deleted,
    }),
    deletedEntryIds: t.field({
      type: ['StreamId'],
      nullable: { list: true, items: false },
      description:
        'The IDs of the entries that existed and were deleted, in the order of the input. If this field is selected, each entry is ' +
        'deleted by a command of its own, all in one pipeline.',
      resolve: ({ result }) => result?.ids,
    }),
  }),
});

builder.mutationFields((t) => ({
  addStreamEntry: t.field({
    authScopes: { may: 'streams:write' },
    type: AddStreamEntryPayloadRef,
    description: 'Adds an entry to a stream (XADD).',
    args: { input: t.arg({ type: AddStreamEntryInputRef, required: true, description: 'The stream and the entry.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => addStreamEntry(context, input)),
  }),
  deleteStreamEntries: t.field({
    authScopes: { may: 'streams:write' },
    type: DeleteStreamEntriesPayloadRef,
    description: 'Deletes entries from a stream (XDEL).',
    args: {
      input: t.arg({ type: DeleteStreamEntriesInputRef, required: true, description: 'The stream and the entries.' }),
    },
    resolve: (_root, { input }, context, info: GraphQLResolveInfo) =>
      withUserErrors(() => deleteStreamEntries(context, input, selects(info, 'deletedEntryIds'))),
  }),
}));
