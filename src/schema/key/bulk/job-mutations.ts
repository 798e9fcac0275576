import type { KeyJob } from '../../../domain/key/key-job.js';
import { cancelJob, startKeyJob } from '../../../resolvers/key/bulk/key-job.js';
import { builder } from '../../builder.js';
import { encodingInput } from '../../shared/encoding.js';
import { payloadRef, withUserErrors } from '../../shared/user-error.js';
import { ExpiryInputRef } from '../expiry.js';
import { KeyTypeEnum } from '../key.js';
import { jobIdIn } from './job-id.js';
import { KeyJobActionEnum, KeyJobRef } from './key-job.js';

const StartKeyJobInputRef = builder.inputType('StartKeyJobInput', {
  description: 'A change of all keys that match.',
  fields: (t) => ({
    cluster: t.string({ required: true, description: "The cluster's name, in any case." }),
    match: t.string({
      required: true,
      description: 'A glob pattern of names, such as `session:*`. A grant must cover every key that it can match.',
    }),
    encoding: t.field({ ...encodingInput, description: 'The encoding of the pattern.' }),
    type: t.field({ type: KeyTypeEnum, description: 'Only keys of this type. If omitted, keys of every type.' }),
    action: t.field({ type: KeyJobActionEnum, required: true, description: 'The change of each key.' }),
    expiry: t.field({
      type: ExpiryInputRef,
      description:
        'The new expiry, for the action EXPIRE only: `seconds` from the time at which each key is changed, or `at`. Policies are ' +
        'INVALID_INPUT.',
    }),
    dryRun: t.boolean({
      required: true,
      defaultValue: true,
      description:
        'Whether only to count the keys that match and to show some of them. Nothing is changed unless this is false.',
    }),
  }),
});

const CancelJobInputRef = builder.inputType('CancelJobInput', {
  description: 'A job to cancel.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The `id` of the job.' }) }),
});

const StartKeyJobPayloadRef = payloadRef<KeyJob>('StartKeyJobPayload').implement({
  description: 'The result of `startKeyJob`.',
  fields: (t) => ({
    job: t.field({
      type: KeyJobRef,
      description: 'The job, which has just started.',
      resolve: ({ result }) => result,
    }),
  }),
});

const CancelJobPayloadRef = payloadRef<KeyJob>('CancelJobPayload').implement({
  description: 'The result of `cancelJob`.',
  fields: (t) => ({
    job: t.field({
      type: KeyJobRef,
      description:
        'The job, usually CANCELLED. It is still RUNNING if another process runs it and has not answered within three seconds, and in its ' +
        'final state if it had ended before.',
      resolve: ({ result }) => result,
    }),
  }),
});

builder.mutationFields((t) => ({
  startKeyJob: t.field({
    authScopes: { may: 'keys:write' },
    type: StartKeyJobPayloadRef,
    description:
      'Starts to delete, expire or persist all keys that match, in the background: by SCAN on each primary, never KEYS, in small batches ' +
      'with pauses while others use the node. It only counts unless `dryRun` is false. `jobProgress` follows the job. The configuration ' +
      'limits the jobs that run in a cluster; one more is QUOTA_EXCEEDED.',
    args: { input: t.arg({ type: StartKeyJobInputRef, required: true, description: 'The keys and their change.' }) },
    resolve: (_root, { input }, context) => withUserErrors(() => startKeyJob(context, input)),
  }),
  cancelJob: t.field({
    authScopes: { may: 'keys:write' },
    type: CancelJobPayloadRef,
    description: 'Ends a job, in whatever process it runs. Keys that it has changed stay changed.',
    args: { input: t.arg({ type: CancelJobInputRef, required: true, description: 'The job.' }) },
    resolve: (_root, { input }, context) =>
      withUserErrors(async () => cancelJob(context, jobIdIn(input.id, ['input', 'id']))),
  }),
}));
