import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { hasPermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { readKey, type KeySelection } from './key-selection.js';

/** Reads keys that were found by a scan: null for each that no longer exists, or that the caller or this API's Valkey user may not read. */
export function foundKeys(
  context: Context,
  cluster: string,
  names: readonly Buffer[],
  selection: KeySelection,
): Promise<readonly (KeySnapshot | null)[]> {
  return Promise.all(
    names.map((key) =>
      hasPermission(context, 'keys:read', { cluster, key })
        ? readKey(context, cluster, key, selection).catch(unreadable)
        : Promise.resolve(null),
    ),
  );
}

/** The same without the keys that are null. */
export async function readableKeys(
  context: Context,
  cluster: string,
  names: readonly Buffer[],
  selection: KeySelection,
): Promise<readonly KeySnapshot[]> {
  return (await foundKeys(context, cluster, names, selection)).flatMap((key) => key ?? []);
}

export function unreadable(error: unknown): null {
  if (error instanceof ExpectedFailure && error.code === 'PERMISSION_DENIED') return null;
  throw error;
}
