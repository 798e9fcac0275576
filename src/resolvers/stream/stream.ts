import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { readEntries } from '../../datasources/valkey/values/streams/stream.js';
import { invalidInput } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import { checkFirst } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { entryCursor, entryIdOf } from '../shared/cursor.js';
import { pageOf } from '../shared/page.js';

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
