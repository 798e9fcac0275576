import { encodeBytes } from '../../domain/encoding.js';
import { fieldsAsJson, type StreamEntry, type StreamField } from '../../domain/realtime/stream-entry.js';
import { builder } from '../builder.js';
import { encodingArgumentOf, valueEncodingArgument } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const StreamFieldRef = builder.objectRef<StreamField>('StreamField').implement({
  description: 'A field of a stream entry. Several fields of an entry may have the same name.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    name: t.string({
      description: "The field's name; null if its bytes are not valid in `encoding`.",
      args: encodingArgumentOf('The encoding of the name.'),
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    value: t.string({
      description: "The field's value; null if its bytes are not valid in `valueEncoding`.",
      args: valueEncodingArgument,
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
  }),
});

export const StreamEntryRef = builder.objectRef<StreamEntry>('StreamEntry').implement({
  description: 'An entry of a stream: an ID and fields.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entryId: t.field({
      type: 'StreamId',
      nullable: false,
      description: 'The ID, `<ms>-<seq>`, to be passed as `after` to resume.',
      resolve: ({ id }) => id,
    }),
    fields: t.field({
      type: [StreamFieldRef],
      nullable: false,
      description: 'The fields in the order in which they were added. Names may repeat.',
      resolve: ({ fields }) => fields,
    }),
    json: t.field({
      type: 'JSON',
      description:
        'The fields as one object; if a name repeats, with its last value. Null if a name or value is not UTF-8.',
      resolve: ({ fields }) => fieldsAsJson(fields),
    }),
  }),
});
