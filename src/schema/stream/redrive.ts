import { redriveDeadLetters, type Redriven } from '../../resolvers/stream/redrive.js';
import { builder } from '../builder.js';
import { encodingInput } from '../shared/encoding.js';
import { payloadRef, withUserErrors } from '../shared/user-error.js';

const RedriveDeadLettersInputRef = builder.inputType('RedriveDeadLettersInput', {
  description: 'Dead letters to put back.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    deadLetterStream: t.string({ required: true, description: 'The key of the dead-letter stream.' }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the key.' }),
    entryIds: t.field({
      type: ['StreamId'],
      description:
        'The IDs of the dead letters, 1 to 1000. IDs that no longer exist are skipped. If omitted, the oldest dead letters, up to `first`.',
    }),
    first: t.int({
      required: true,
      defaultValue: 100,
      description: 'The highest number of dead letters if `entryIds` is omitted, 1 to 1000.',
    }),
  }),
});

const RedriveDeadLettersPayloadRef = payloadRef<Redriven>('RedriveDeadLettersPayload').implement({
  description: 'The result of `redriveDeadLetters`.',
  fields: (t) => ({
    redriven: t.int({
      description: 'The number of dead letters that were put back and removed.',
      resolve: ({ result }) => result?.redriven,
    }),
    remaining: t.field({
      type: 'SafeInt',
      description:
        'The number of entries that the dead-letter stream still has, those that are no dead letters included (XLEN); null if Valkey ' +
        'refuses to count them.',
      resolve: ({ result }) => result?.remaining,
    }),
  }),
});

builder.mutationField('redriveDeadLetters', (t) =>
  t.field({
    authScopes: { may: 'streams:write' },
    type: RedriveDeadLettersPayloadRef,
    description:
      'Puts dead letters back into the streams they came from, as new entries with their own fields, and removes them from the dead-letter ' +
      'stream. Each exactly once if both streams belong to one hash slot, or without cluster mode; otherwise at least once. The grant must ' +
      'cover all these streams. An entry of `entryIds` that is no dead letter is INVALID_INPUT; without `entryIds`, such entries are ' +
      'skipped. They stay.',
    args: {
      input: t.arg({
        type: RedriveDeadLettersInputRef,
        required: true,
        description: 'The stream and its dead letters.',
      }),
    },
    resolve: (_root, { input }, context) => withUserErrors(() => redriveDeadLetters(context, input)),
  }),
);
