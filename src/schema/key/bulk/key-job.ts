import { encodeBytes } from '../../../domain/encoding.js';
import type { KeyJob } from '../../../domain/key/key-job.js';
import { clusterByName } from '../../../resolvers/cluster/cluster.js';
import { jobs } from '../../../resolvers/key/bulk/job-pages.js';
import {
  examplesOfJob,
  idOfJob,
  jobById,
  jobProgress,
  scannedByJob,
  totalOfJob,
} from '../../../resolvers/key/bulk/key-job.js';
import { builder } from '../../builder.js';
import { ClusterRef } from '../../cluster/cluster.js';
import { encodingArgumentOf } from '../../shared/encoding.js';
import { loadAlone } from '../../shared/load-node.js';
import { pageArguments } from '../../shared/page-arguments.js';
import { guardedByParent, guardedByResolver } from '../../shared/scopes.js';
import { sourceArguments } from '../../shared/source-arguments.js';
import { KeyRef, KeyTypeEnum } from '../key.js';
import { keySelection } from '../key-selection.js';
import { jobIdIn } from './job-id.js';

export const KeyJobActionEnum = builder.enumType('KeyJobAction', {
  description: 'The change that a job makes to each key.',
  values: {
    DELETE: { description: 'Deletes the key and frees its memory in the background (UNLINK).' },
    EXPIRE: { description: 'Sets the expiry of the key (PEXPIRE, PEXPIREAT).' },
    PERSIST: { description: 'Removes the expiry of the key, if it has one (PERSIST).' },
  } as const,
});

const JobStatusEnum = builder.enumType('JobStatus', {
  description: 'The state of a job.',
  values: {
    RUNNING: { description: 'The job runs.' },
    CANCELLED: { description: 'The job ended early because it was cancelled. Changes up to then remain.' },
    SUCCEEDED: { description: 'The job reached the last key. `failed` says whether Valkey refused some changes.' },
    FAILED: {
      description:
        'The job ended early; `error` says why. It is also the state of a job whose process has ended, or has not renewed the record ' +
        'for 30 seconds. Changes up to then remain.',
    },
  } as const,
});

export const KeyJobRef = builder.objectRef<KeyJob>('KeyJob');

builder.node(KeyJobRef, {
  extensions: guardedByParent('keys:write'),
  description:
    'A change of all keys that match a pattern. The process of this API that started it runs it in the background; its record is in ' +
    'the cluster, so that every process shows it, for a day after it has ended. Keys that this API uses for itself are never changed. ' +
    'Each key that exists throughout is visited at least once, also if the cluster fails over or is resharded; a key that is visited ' +
    'twice is counted twice.',
  id: { resolve: idOfJob },
  loadOne: loadAlone('KeyJob', jobById),
  fields: (t) => ({
    cluster: t.field({
      type: ClusterRef,
      description: 'The cluster; null if it no longer exists.',
      resolve: ({ cluster }, _arguments, context) => clusterByName(context, cluster),
    }),
    action: t.expose('action', { type: KeyJobActionEnum, nullable: false, description: 'The change of each key.' }),
    match: t.string({
      description: 'The pattern that the names of the keys match; null if its bytes are not valid in `encoding`.',
      args: encodingArgumentOf('The encoding of the pattern.'),
      resolve: ({ match }, { encoding }) => encodeBytes(match, encoding),
    }),
    type: t.field({
      type: KeyTypeEnum,
      description: 'The type of the keys; null for all types.',
      resolve: ({ type }) => type,
    }),
    dryRun: t.exposeBoolean('dryRun', {
      nullable: false,
      description: 'Whether the job only counts the keys that match.',
    }),
    status: t.expose('status', { type: JobStatusEnum, nullable: false, description: 'The state of the job.' }),
    scanned: t.field({
      type: 'SafeInt',
      nullable: false,
      description: 'About how many keys were scanned; if the caller may not read all keys, how many matched.',
      resolve: (job, _arguments, context) => scannedByJob(context, job),
    }),
    matched: t.expose('matched', {
      type: 'SafeInt',
      nullable: false,
      description: 'The number of keys that matched.',
    }),
    changed: t.expose('changed', {
      type: 'SafeInt',
      nullable: false,
      description:
        'The number of keys that Valkey reported as changed. `unconfirmed` says how many more may have been changed.',
    }),
    unconfirmed: t.expose('unconfirmed', {
      type: 'SafeInt',
      nullable: false,
      description:
        'The number of keys whose reply was lost, e.g. because the connection was cut, and for which the repeated change found nothing to ' +
        'change: the job may have changed them, or another client may have, or there was nothing to change. 0 if no reply was lost.',
    }),
    failed: t.expose('failed', {
      type: 'SafeInt',
      nullable: false,
      description: 'The number of keys that Valkey refused to change; `error` has the first reason.',
    }),
    estimatedTotal: t.field({
      type: 'SafeInt',
      description:
        'The number of keys of the cluster when the job started (DBSIZE), all of which are scanned; null if it is unknown or the caller ' +
        'may not read all keys.',
      resolve: (job, _arguments, context) => totalOfJob(context, job),
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: false, description: 'When the job was started.' }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the job ended; for a job whose process has ended, when it renewed the record last. Null while the job runs.',
    }),
    error: t.exposeString('error', {
      nullable: true,
      description:
        'The reason why the job failed, or why the first of the `failed` keys was not changed; null if there is none.',
    }),
    examples: t.field({
      extensions: guardedByResolver,
      type: [KeyRef],
      nullable: { list: false, items: false },
      description:
        'Some of the keys that matched, up to 20: those that still exist and that the caller may read (`keys:read`). If they cannot be ' +
        'read now, they have the names and types that they had when they were found.',
      resolve: (job, _arguments, context, info) => examplesOfJob(context, job, keySelection(info)),
    }),
  }),
});

const KeyJobConnectionRef = builder.connectionObject(
  {
    type: KeyJobRef,
    name: 'KeyJobConnection',
    description: 'A page of jobs, the newest first.',
    extensions: guardedByParent('keys:write'),
  },
  { description: 'A job on a page.', extensions: guardedByParent('keys:write') },
);

builder.queryField('jobs', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: KeyJobConnectionRef,
    description:
      'The jobs on the keys of one cluster, or of all clusters that can be reached, the newest first, of those whose keys the caller may ' +
      'write. Jobs are kept for a day, and at most the last 1000 of a cluster.',
    args: {
      cluster: t.arg.string({ description: "The cluster's name, in any case. If omitted, all clusters." }),
      ...pageArguments,
    },
    resolve: (_root, args, context) => jobs(context, args),
  }),
);

builder.subscriptionField('jobProgress', (t) =>
  t.field({
    authScopes: { may: 'keys:write' },
    type: KeyJobRef,
    extensions: sourceArguments,
    description:
      'A job as it is now, and again after each change, a few times a second at most. It ends after the final state, and works in every ' +
      'process of this API. A subscriber that reads slowly skips states, but never the final one.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a job.' }) },
    subscribe: (_root, { id }, context) => jobProgress(context, jobIdIn(id, ['id'])),
    resolve: (job) => job,
  }),
);
