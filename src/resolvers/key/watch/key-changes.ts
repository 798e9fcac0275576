import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import type { KeyChange, KeyEvent } from '../../../domain/realtime/key-watch.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import type { LiveSource } from '../../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../../shared/access.js';
import type { Context } from '../../shared/context.js';
import { readKey, type KeySelection } from '../key-selection.js';

export interface KeyChangesArgs {
  readonly cluster: string;
  readonly name: string;
  readonly encoding: Encoding;
  readonly announce: boolean;
}

/**
 * One key, now and after each change.
 * @throws ExpectedFailure INVALID_INPUT if the name is not valid in the encoding; Outage FORBIDDEN
 */
export function keyChanges(
  context: PermissionContext,
  { cluster, name, encoding, announce }: KeyChangesArgs,
): LiveSource<KeyChange> {
  const key = decodeBytes(name, encoding, ['name']);
  requirePermission(context, 'keys:read', { cluster, key });
  return context.realtime.keyChanges({ cluster, key, announce });
}

/** The key of a change, as it is now; null if it does not exist. */
export function changedKey(context: Context, change: KeyChange, selection: KeySelection): Promise<KeySnapshot | null> {
  const read = readKey(context, change.cluster, change.key, selection);
  change.reading(read);
  return read;
}

/** The key of an event, as it is now; null if it does not exist. The keys of one delivery are read in one pipeline per shard. */
export function currentKey(
  context: Context,
  { cluster, key }: KeyEvent,
  selection: KeySelection,
): Promise<KeySnapshot | null> {
  return readKey(context, cluster, key, selection);
}
