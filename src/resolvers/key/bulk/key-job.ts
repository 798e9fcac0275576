import type { Command } from '../../../datasources/valkey/interfaces.js';
import { knownKey, type KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import type { Encoding } from '../../../domain/encoding.js';
import { ExpectedFailure, invalidInput } from '../../../domain/errors.js';
import { parseExpiry, type Expiry, type ExpiryInput } from '../../../domain/key/expiry.js';
import type { KeyJob, KeyJobAction } from '../../../domain/key/key-job.js';
import { keyTypeOf, type KeyType } from '../../../domain/key/key.js';
import type { LiveSource } from '../../../runtime/live-source.js';
import { canSeeCluster, hasPermission, requirePermission, type PermissionContext } from '../../shared/access.js';
import { commandsFor, withPath } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { readKey, type KeySelection } from '../key-selection.js';
import { everyKey } from '../keys.js';

export interface StartKeyJobInput {
  readonly cluster: string;
  readonly match: string;
  readonly encoding: Encoding;
  readonly type?: KeyType | null | undefined;
  readonly action: KeyJobAction;
  readonly expiry?: ExpiryInput | null | undefined;
  readonly dryRun: boolean;
}

/** Requires the permission for all keys that can match, because a job never skips keys silently. */
export async function startKeyJob(context: Context, input: StartKeyJobInput): Promise<KeyJob> {
  const { cluster, action, dryRun, type } = input;
  const match = context.patterns.read(input.match, input.encoding, ['input', 'match']);
  const isAllowed = (): boolean => mayRun(context, { cluster, match });
  requirePermission(context, 'keys:write', { cluster, keyPattern: match });
  const expiry = expiryOf(input);
  await commandsFor(context, cluster);
  try {
    return await context.jobs.start({ cluster, action, match, type: type ?? undefined, expiry, dryRun, isAllowed });
  } catch (error) {
    throw withPath(error, ['input', 'cluster']);
  }
}

/** @throws ExpectedFailure INVALID_INPUT */
function expiryOf({ action, expiry }: StartKeyJobInput): Expiry | undefined {
  const path = ['input', 'expiry'];
  if (action !== 'EXPIRE') {
    if (expiry == null) return undefined;
    throw invalidInput(`Expected no expiry for the action ${action}, got one.`, path);
  }
  if (expiry == null) throw invalidInput('Expected an expiry for the action EXPIRE, got none.', path);
  const parsed = parseExpiry(expiry, path);
  if (parsed.kind === 'after' || parsed.kind === 'at') return parsed;
  throw invalidInput('Expected `seconds` or `at`, got a policy: use the action PERSIST to remove expiries.', [
    ...path,
    'policy',
  ]);
}

/** @throws ExpectedFailure NOT_FOUND at `input.id` */
export async function cancelJob(context: Context, id: JobId): Promise<KeyJob> {
  const job = await permittedJob(context, id, ['input', 'id']);
  return (await context.jobs.cancel(job.cluster, job.id)) ?? job;
}

/** @throws ExpectedFailure NOT_FOUND at `id` */
export async function jobProgress(context: Context, id: JobId): Promise<LiveSource<KeyJob>> {
  const job = await permittedJob(context, id, ['id']);
  return context.jobs.progress(job.cluster, job.id);
}

/** The names of a job in its global ID. */
export interface JobId {
  readonly cluster: string;
  readonly id: string;
}

const idShape = /^([a-z][a-z0-9-]{0,39})\/([0-9a-f-]{36})$/;

/** Undefined for another text. */
export function jobIdOf(id: string): JobId | undefined {
  const [, cluster, job] = idShape.exec(id) ?? [];
  return cluster === undefined || job === undefined ? undefined : { cluster, id: job };
}

export function idOfJob({ cluster, id }: KeyJob): string {
  return `${cluster}/${id}`;
}

/** @throws ExpectedFailure NOT_FOUND at `path`; Outage FORBIDDEN if the caller may not write all keys that the job can match */
async function permittedJob(context: Context, { cluster, id }: JobId, path: readonly string[]): Promise<KeyJob> {
  requirePermission(context, 'keys:write', { cluster });
  const job = await context.jobs.read(cluster, id).catch((error: unknown) => {
    throw withPath(error, path);
  });
  if (job) {
    requirePermission(context, 'keys:write', { cluster, keyPattern: job.match });
    return job;
  }
  const message = 'Expected the ID of a job that runs or ended within a day, got that of none.';
  throw new ExpectedFailure('NOT_FOUND', message, { path });
}

/** Null if the job does not exist any more, or for a caller who may not see its cluster. @throws Outage FORBIDDEN */
export async function jobById(context: Context, id: string): Promise<KeyJob | null> {
  const known = jobIdOf(id);
  if (!known || !canSeeCluster(context, known.cluster)) return null;
  requirePermission(context, 'keys:write', { cluster: known.cluster });
  const job = await context.jobs.read(known.cluster, known.id);
  if (job) requirePermission(context, 'keys:write', { cluster: job.cluster, keyPattern: job.match });
  return job;
}

/** Whether the caller may write all keys that the job can match. */
export function mayRun(context: PermissionContext, { cluster, match }: Pick<KeyJob, 'cluster' | 'match'>): boolean {
  return hasPermission(context, 'keys:write', { cluster, keyPattern: match });
}

/** As for `keyCount`, the number of keys that the caller may not read is not revealed. */
export function scannedByJob(
  context: PermissionContext,
  { cluster, scanned, matched, estimatedTotal }: KeyJob,
): number {
  if (!mayCountAll(context, cluster)) return matched;
  return estimatedTotal === null ? scanned : Math.min(scanned, Math.max(estimatedTotal, matched));
}

export function totalOfJob(context: PermissionContext, { cluster, estimatedTotal }: KeyJob): number | null {
  return mayCountAll(context, cluster) ? estimatedTotal : null;
}

function mayCountAll(context: PermissionContext, cluster: string): boolean {
  return hasPermission(context, 'keys:read', { cluster, keyPattern: everyKey });
}

/**
 * The first keys that matched, of those that still exist and that the caller may read. If a key cannot be read, it has the type that
 * it had when it was found, and its fields fail one by one: the state of a job is shown also while its cluster is away.
 */
export async function examplesOfJob(
  context: Context,
  { cluster, examples, type }: KeyJob,
  selection: KeySelection,
): Promise<readonly KeySnapshot[]> {
  const commands = { send: async (command: Command) => (await context.connections.commands(cluster)).send(command) };
  const keys = await Promise.all(
    examples
      .filter(({ name: key }) => hasPermission(context, 'keys:read', { cluster, key }))
      .map(({ name, typeName }) =>
        readKey(context, cluster, name, selection).catch(() =>
          knownKey({ cluster, name, commands }, keyTypeOf(typeName), typeName),
        ),
      ),
  );
  return keys.flatMap((key) => (key && (!type || key.type === type) ? [key] : []));
}
