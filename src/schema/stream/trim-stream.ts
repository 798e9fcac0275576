import { trimStream, type TrimmedStream } from '../../resolvers/stream/trim-stream.js';
import { builder } from '../builder.js';
import { readPayloadKey } from '../key/payload-key.js';
import { encodingInput } from '../shared/encoding.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';
import { StreamKeyRef } from './stream-key.js';

const TrimStreamInputRef = builder.inputType('TrimStreamInput', {
  description: 'A stream, and the entries that it keeps: exactly one of `maxLength` and `minId`.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    stream: t.string({ required: true, description: 'The key of the stream.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the key.' }),
    maxLength: t.field({ type: 'SafeInt', description: 'The number of newest entries to keep, 0 or more (MAXLEN).' }),
    minId: t.field({ type: 'StreamId', description: 'The lowest ID to keep (MINID).' }),
    approximate: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether Valkey may keep some more entries, which is faster (`~`).',
    }),
  }),
});

const TrimStreamPayloadRef = payloadRef<TrimmedStream>('TrimStreamPayload').implement({
  description: 'The result of `trimStream`.',
  fields: (t) => ({
    trimmed: t.field({
      type: 'SafeInt',
      description: 'The number of entries that were removed.',
      resolve: ({ result }) => result?.trimmed,
    }),
    key: t.field({
      authScopes: { may: 'streams:read' },
      type: StreamKeyRef,
      description: 'The current state of the stream; null if it does not exist, or if there are user errors.',
      resolve: readPayloadKey('STREAM'),
    }),
  }),
});

builder.mutationField('trimStream', (t) =>
  t.field({
    authScopes: { may: 'streams:write' },
    type: TrimStreamPayloadRef,
    description: 'Removes the oldest entries of a stream (XTRIM), also those that consumer groups have not delivered.',
    args: { input: t.arg({ type: TrimStreamInputRef, required: true, description: 'The stream and its new limit.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => trimStream(context, input)),
  }),
);
