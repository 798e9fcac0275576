import { encodeBytes } from '../../domain/encoding.js';
import { fieldsAsJson, type StreamEntry, type StreamField } from '../../domain/realtime/stream-entry.js';
import { builder } from '../builder.js';
import { EncodingEnum } from '../shared/encoding.js';
import { callerIndependent } from '../shared/caller-independent-fields.js';
import { guardedByParent } from '../shared/scopes.js';

const StreamFieldRef = builder.objectRef<StreamField>('StreamField').implement({
  description: 'A field of a stream entry. Its name may occur more than once in the entry.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    name: t.string({
      description: "The field's name; null where its bytes are not valid in the encoding.",
      args: {
        encoding: t.arg({
          type: EncodingEnum,
          required: true,
          defaultValue: 'UTF8',
          description: 'How the name is written.',
        }),
      },
      resolve: ({ name }, { encoding }) => encodeBytes(name, encoding),
    }),
    value: t.string({
      description: "The field's value; null where its bytes are not valid in the encoding.",
      args: {
        valueEncoding: t.arg({
          type: EncodingEnum,
          required: true,
          defaultValue: 'UTF8',
          description: 'How the value is written.',
        }),
      },
      resolve: ({ value }, { valueEncoding }) => encodeBytes(value, valueEncoding),
    }),
  }),
});

/** An entry of a stream, as read, tailed or delivered to a consumer. */
export const StreamEntryRef = builder.objectRef<StreamEntry>('StreamEntry').implement({
  description: 'An entry of a stream: an ID and fields in the order written.',
  extensions: { ...callerIndependent, ...guardedByParent('streams:read') },
  fields: (t) => ({
    entryId: t.field({
      type: 'StreamId',
      nullable: false,
      description: 'The ID, `<ms>-<seq>`; to resume, read after it.',
      resolve: ({ id }) => id,
    }),
    fields: t.field({
      type: [StreamFieldRef],
      nullable: false,
      description: 'The fields in the order written; a name may repeat.',
      resolve: ({ fields }) => fields,
    }),
    json: t.field({
      type: 'JSON',
      description: 'The fields as one object; of a repeated name, the last value. Null where one is not UTF-8.',
      resolve: ({ fields }) => fieldsAsJson(fields),
    }),
  }),
});
