import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { Permission } from '../../domain/access/permissions.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { KeyType } from '../../domain/key/key.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { readKey, type KeySelection } from './key-selection.js';

/**
 * A key of one type; null if it does not exist.
 * @throws ExpectedFailure WRONG_TYPE if it has another type
 */
export async function keyOfType(
  context: Context,
  cluster: string,
  { name, encoding }: { readonly name: string; readonly encoding: Encoding },
  type: KeyType,
  selection: KeySelection,
): Promise<KeySnapshot | null> {
  const key = decodeBytes(name, encoding, ['name']);
  requirePermission(context, readPermission(type), { cluster, key });
  const reading = await readKey(context, cluster, key, selection);
  if (!reading || reading.type === type) return reading;
  throw new ExpectedFailure('WRONG_TYPE', `Expected a key of type ${type}, got one of type ${reading.type}.`, {
    path: ['name'],
  });
}

/** The key of a mutation's payload, with all selected fields read together; null if it no longer exists or has another type. */
export async function payloadKey(
  context: Context,
  { cluster, key }: { readonly cluster: string; readonly key: Buffer },
  selection: KeySelection,
  type?: KeyType,
): Promise<KeySnapshot | null> {
  requirePermission(context, readPermission(type), { cluster, key });
  const reading = await readKey(context, cluster.toLowerCase(), key, selection);
  return type === undefined || reading?.type === type ? reading : null;
}

/** Content of streams has a permission of its own. */
export function readPermission(type: KeyType | undefined): Permission {
  return type === 'STREAM' ? 'streams:read' : 'keys:read';
}
