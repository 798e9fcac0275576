import { readPending } from '../../datasources/valkey/values/streams/pending-entries.js';
import type { StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';
import { checkFirst } from '../shared/checks.js';
import { pendingCursor, pendingIdOf } from '../shared/cursor.js';
import { pageOf } from '../shared/page.js';

export interface PendingArgs {
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly consumer?: string | null | undefined;
  readonly encoding: Encoding;
  readonly minIdleSeconds: number;
}

/** A page of a group's pending entries. A cursor is an ID, so acknowledgements and deliveries do not shift pages. */
export async function pendingPage(context: PermissionContext, { stream, name }: StreamGroup, args: PendingArgs) {
  requirePermission(context, 'groups:read', { cluster: stream.cluster, key: stream.name, group: name });
  const { first, after, consumer, encoding, minIdleSeconds } = args;
  checkFirst(first);
  if (minIdleSeconds < 0 || !Number.isSafeInteger(Math.round(minIdleSeconds * 1000))) {
    throw invalidInput(`Expected 0 or more seconds, got ${minIdleSeconds}.`, ['minIdleSeconds']);
  }
  const found = await readPending(stream.commands, {
    stream: stream.name,
    group: name,
    from: after == null ? '-' : `(${pendingIdOf(after)}`,
    count: first + 1,
    consumer: consumer == null ? undefined : decodeBytes(consumer, encoding, ['consumer']),
    minIdleMs: minIdleSeconds === 0 ? undefined : Math.round(minIdleSeconds * 1000),
  });
  return pageOf(found, { first, after }, ({ id }) => pendingCursor(id));
}
