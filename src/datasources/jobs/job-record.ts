import * as z from 'zod';
import { jobStatuses, keyJobActions, type KeyJob } from '../../domain/key/key-job.js';
import { keyTypes } from '../../domain/key/key.js';
import type { Argument } from '../valkey/interfaces.js';

/** The fields of the hash in which a job is recorded. All are text except `match`. */
const number = z.coerce.number().int().min(0);
const date = z.coerce.number().transform((milliseconds) => new Date(milliseconds));
/** `type:name` for each, separated by spaces; names are in Base64. */
const examples = z.string().transform((text) =>
  text
    .split(' ')
    .map((example) => example.split(':'))
    .flatMap(([typeName = '', name]) =>
      name === undefined ? [] : [{ typeName, name: Buffer.from(name, 'base64url') }],
    ),
);

const schema = z.object({
  action: z.enum(keyJobActions),
  type: z.enum(keyTypes).optional(),
  dryRun: z.enum(['0', '1']).transform((flag) => flag === '1'),
  status: z.enum(jobStatuses),
  scanned: number,
  matched: number,
  changed: number,
  // Records of earlier versions do not have it.
  unconfirmed: number.default(0),
  failed: number,
  estimatedTotal: number.optional(),
  startedAt: date,
  finishedAt: date.optional(),
  error: z.string().optional(),
  examples,
});

/** The field that another process sets so that the job is cancelled. */
export const cancelField = 'cancel';

/** The field with the time at which the process of the job wrote the record last, by its own clock. */
export const renewedField = 'renewedAt';

/** Names and values for HSET. */
export function fieldsOf(job: KeyJob): readonly Argument[] {
  return [
    ...['action', job.action, 'dryRun', job.dryRun ? '1' : '0', 'status', job.status],
    ...['match', job.match],
    ...(job.type ? ['type', job.type] : []),
    ...['scanned', job.scanned, 'matched', job.matched, 'changed', job.changed].map(String),
    ...['unconfirmed', job.unconfirmed, 'failed', job.failed].map(String),
    ...(job.estimatedTotal === null ? [] : ['estimatedTotal', String(job.estimatedTotal)]),
    ...['startedAt', String(job.startedAt.getTime())],
    ...(job.finishedAt ? ['finishedAt', String(job.finishedAt.getTime())] : []),
    ...(job.error === null ? [] : ['error', job.error]),
    ...['examples', job.examples.map(({ typeName, name }) => `${typeName}:${name.toString('base64url')}`).join(' ')],
  ];
}

/** The time at which the record was written last; undefined if a version without this field wrote it. */
export function renewedAtOf(fields: readonly (readonly [Buffer, Buffer])[]): Date | undefined {
  const value = fields.find(([name]) => name.toString() === renewedField)?.[1];
  return value && date.safeParse(value.toString()).data;
}

/** Undefined if this API did not write the hash, or another version did so in another form. */
export function jobOf(
  { cluster, id }: Pick<KeyJob, 'cluster' | 'id'>,
  fields: readonly (readonly [Buffer, Buffer])[],
): KeyJob | undefined {
  const texts = Object.fromEntries(fields.map(([name, value]) => [name.toString(), value.toString()]));
  const match = fields.find(([name]) => name.toString() === 'match')?.[1];
  const record = schema.safeParse(texts).data;
  if (!record || !match) return undefined;
  const { type, estimatedTotal = null, finishedAt = null, error = null } = record;
  return { ...record, cluster, id, match, type, estimatedTotal, finishedAt, error };
}
