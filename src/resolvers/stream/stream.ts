import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { findGroup, groupsOf, readEntries, type StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import type { Encoding } from '../../domain/encoding.js';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import { requirePermission, hasPermission, canSeeCluster } from '../shared/access.js';
import { checkFirst } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { entryCursor, entryIdOf } from '../shared/cursor.js';
import { keyOfType } from '../key/key-of-type.js';
import type { KeySelection } from '../key/key-selection.js';
import { pageOf } from '../shared/page.js';

/** @throws ExpectedFailure WRONG_TYPE */
export function stream(
  context: Context,
  cluster: string,
  args: { name: string; encoding: Encoding },
  selection: KeySelection,
) {
  return keyOfType(context, cluster, args, 'STREAM', selection);
}

export interface EntriesArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly start: string;
  readonly end: string;
  readonly reverse: boolean;
}

/** A page from `start` to `end`, or backwards if `reverse`. A cursor is an ID, so new entries do not shift pages. */
export async function entries(
  context: Context,
  reading: KeySnapshot,
  { first, after, start, end, reverse }: EntriesArgs,
) {
  requirePermission(context, 'streams:read', { cluster: reading.cluster, key: reading.name });
  checkFirst(first);
  checkBound(start, 'start');
  checkBound(end, 'end');
  const beyond = after == null ? undefined : `(${entryIdOf(after)}`;
  const range = reverse ? { start, end: beyond ?? end } : { start: beyond ?? start, end };
  const found = await readEntries(reading, { ...range, reverse, count: first + 1 });
  return pageOf(found, { first, after }, ({ id }) => entryCursor(id));
}

function checkBound(id: string, name: string): void {
  if (id === '$') throw invalidInput('Expected an entry ID, "-" or "+", got "$".', [name]);
}

/** The stream's groups that the caller may read. */
export async function groups(context: Context, reading: KeySnapshot): Promise<readonly StreamGroup[]> {
  const { cluster, name: key } = reading;
  requirePermission(context, 'groups:read', { cluster, key });
  const all = await groupsOf(reading);
  return all.filter(({ name }) => hasPermission(context, 'groups:read', { cluster, key, group: name }));
}

/** The group of a mutation's payload; null if it no longer exists. */
export async function payloadGroup(
  context: Context,
  stream: StreamGroup['stream'],
  group: Buffer,
): Promise<StreamGroup | null> {
  requirePermission(context, 'groups:read', { cluster: stream.cluster, key: stream.name, group });
  return await orNullIfMissing(() => findGroup(stream, group));
}

/** Null also if the key is no longer a stream. */
async function orNullIfMissing(find: () => Promise<StreamGroup>): Promise<StreamGroup | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof ExpectedFailure && (error.code === 'NOT_FOUND' || error.code === 'WRONG_TYPE')) return null;
    throw error;
  }
}

/** The part of a group's global ID that follows its type. */
export function idOfGroup({ stream, name }: StreamGroup): string {
  return [stream.cluster, stream.name.toString('base64url'), name.toString('base64url')].join('/');
}

/** The group of a global ID; null if it no longer exists or the caller may not see its cluster. */
export async function groupOfId(context: Context, id: string): Promise<StreamGroup | null> {
  const [cluster = '', stream, name] = id.split('/');
  if (stream === undefined || name === undefined || !canSeeCluster(context, cluster)) return null;
  const [key, group] = [Buffer.from(stream, 'base64url'), Buffer.from(name, 'base64url')];
  requirePermission(context, 'groups:read', { cluster, key, group });
  return await orNullIfMissing(async () => {
    const commands = await context.connections.commands(cluster);
    return await findGroup({ commands, cluster, name: key }, group);
  });
}
