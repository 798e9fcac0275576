import calculateSlot from 'cluster-key-slot';
import { knownKey, type KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { bytesOrNull, numberOf, numberOrNull, textOf } from '../../datasources/valkey/replies.js';
import { decodeBytes, encodeBytes, type Encoding } from '../../domain/encoding.js';
import { dateTimeOf } from '../../runtime/date-time.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { asError } from '../../runtime/errors.js';
import type { KeyType } from '../../domain/key/key.js';
import { requirePermission, hasPermission, canSeeCluster } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { readKey, type KeySelection } from './key-selection.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';

interface Named {
  readonly name: string;
  readonly encoding: Encoding;
}

/** Null if the key does not exist. */
export function key(context: Context, cluster: string, { name, encoding }: Named, selection: KeySelection) {
  const key = decodeBytes(name, encoding, ['name']);
  requirePermission(context, 'keys:read', { cluster, key });
  return readKey(context, cluster, key, selection);
}

/** Keys in the order of the names, null if absent. A key that cannot or may not be read fails alone. */
export function keysByName(
  context: Context,
  cluster: string,
  { names, encoding }: { readonly names: readonly string[]; readonly encoding: Encoding },
  selection: KeySelection,
): Promise<KeySnapshot | null>[] {
  if (names.length > 0) checkList(names, ['names']);
  const decoded = names.map((name, index) => decodeBytes(name, encoding, ['names', String(index)]));
  return decoded.map((key) => {
    try {
      requirePermission(context, 'keys:read', { cluster, key });
      return readKey(context, cluster, key, selection);
    } catch (cause) {
      return Promise.reject(asError(cause));
    }
  });
}

/** The key of a global ID; null if it no longer exists or has another type, or if the caller may not see its cluster. */
export async function keyOfId(
  context: Context,
  id: string,
  type: KeyType,
  selection: KeySelection,
): Promise<KeySnapshot | null> {
  const [cluster = '', name = ''] = id.split('/');
  if (!canSeeCluster(context, cluster)) return null;
  const key = Buffer.from(name, 'base64url');
  // Like `Cluster.stream`, a stream requires no permission for other keys.
  const isOpenStream = type === 'STREAM' && hasPermission(context, 'streams:read', { cluster, key });
  if (!isOpenStream) requirePermission(context, 'keys:read', { cluster, key });
  try {
    const reading = await readKey(context, cluster, key, selection);
    return reading?.type === type ? reading : null;
  } catch (error) {
    if (error instanceof ExpectedFailure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** The part of a key's global ID that follows its type. */
export function idOfKey({ cluster, name }: Pick<KeySnapshot, 'cluster' | 'name'>): string {
  return `${cluster}/${name.toString('base64url')}`;
}

/** A key that a mutation wrote, without reading it again. */
export async function writtenKey(
  { connections }: Context,
  { cluster, name, type }: { cluster: string; name: Buffer; type: KeyType },
): Promise<KeySnapshot> {
  return knownKey({ cluster: cluster.toLowerCase(), name, commands: await connections.reads(cluster) }, type);
}

export function slotOfKey({ name }: KeySnapshot): number {
  return calculateSlot(name);
}

/** Null if the key does not expire. */
export function ttlSeconds(reading: KeySnapshot): MaybePromise<number | null> {
  return whenKnown(reading.read('ttl'), (reply) => {
    const milliseconds = numberOf(reply);
    return milliseconds < 0 ? null : milliseconds / 1000;
  });
}

/** Null if the key does not expire, or expires at a time that RFC 3339 cannot express. */
export function expiresAt(reading: KeySnapshot): MaybePromise<Date | null> {
  return whenKnown(reading.read('expiresAt'), (reply) => {
    const milliseconds = numberOf(reply);
    return milliseconds < 0 ? null : dateTimeOf(milliseconds);
  });
}

export function memoryUsageBytes(reading: KeySnapshot): MaybePromise<number | null> {
  return whenKnown(reading.read('memory'), numberOrNull);
}

export function objectEncoding(reading: KeySnapshot): MaybePromise<string | null> {
  return whenKnown(reading.read('encoding'), (reply) => (reply === null ? null : textOf(reply)));
}

export function idleSeconds(reading: KeySnapshot): MaybePromise<number | null> {
  return whenKnown(reading.read('idle'), numberOrNull);
}

export function length(reading: KeySnapshot): MaybePromise<number> {
  return whenKnown(reading.read('length'), numberOf);
}

/** Null if the bytes are not valid in the encoding, or the key no longer exists. */
export function value(reading: KeySnapshot, encoding: Encoding): MaybePromise<string | null> {
  return whenKnown(reading.read('value'), (reply) => {
    const bytes = bytesOrNull(reply);
    return bytes && encodeBytes(bytes, encoding);
  });
}
