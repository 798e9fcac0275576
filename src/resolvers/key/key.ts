import calculateSlot from 'cluster-key-slot';
import { knownKey, type KeyReading } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { bytesOrNull, numberOf, numberOrNull, textOf } from '../../datasources/valkey/replies.js';
import { decodeBytes, encodeBytes, type Encoding } from '../../domain/key/encoding.js';
import { dateTimeOf } from '../../runtime/date-time.js';
import { asError, ExpectedFailure } from '../../domain/errors.js';
import type { KeyType } from '../../domain/key/key.js';
import { demand, may, sees } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { readKey, type KeySelection } from './key-selection.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';

interface Named {
  readonly name: string;
  readonly encoding: Encoding;
}

/** Null where there is no such key. */
export function key(context: Context, cluster: string, { name, encoding }: Named, selection: KeySelection) {
  const key = decodeBytes(name, encoding, ['name']);
  demand(context, 'keys:read', { cluster, key });
  return readKey(context, cluster, key, selection);
}

/** In the order asked, null where absent; a key that cannot be read, or may not be, fails alone. */
export function keysByName(
  context: Context,
  cluster: string,
  { names, encoding }: { readonly names: readonly string[]; readonly encoding: Encoding },
  selection: KeySelection,
): Promise<KeyReading | null>[] {
  if (names.length > 0) checkList(names, ['names']);
  const decoded = names.map((name, index) => decodeBytes(name, encoding, ['names', String(index)]));
  return decoded.map((key) => {
    try {
      demand(context, 'keys:read', { cluster, key });
      return readKey(context, cluster, key, selection);
    } catch (cause) {
      return Promise.reject(asError(cause));
    }
  });
}

/** The key of a global ID, where it is still there and of the same type; null where its cluster is gone, or not to be seen. */
export async function keyOfId(
  context: Context,
  id: string,
  type: KeyType,
  selection: KeySelection,
): Promise<KeyReading | null> {
  const [cluster = '', name = ''] = id.split('/');
  if (!sees(context, cluster)) return null;
  const key = Buffer.from(name, 'base64url');
  // As `stream` does, which asks for no right to keys of other types.
  const isOpenStream = type === 'STREAM' && may(context, 'streams:read', { cluster, key });
  if (!isOpenStream) demand(context, 'keys:read', { cluster, key });
  try {
    const reading = await readKey(context, cluster, key, selection);
    return reading?.type === type ? reading : null;
  } catch (error) {
    if (error instanceof ExpectedFailure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** The part of a key's global ID that follows its type. */
export function idOfKey({ cluster, name }: KeyReading): string {
  return `${cluster}/${name.toString('base64url')}`;
}

/** The key that a mutation wrote, without another look. */
export async function writtenKey(
  { connections }: Context,
  { cluster, name, type }: { cluster: string; name: Buffer; type: KeyType },
): Promise<KeyReading> {
  return knownKey({ cluster: cluster.toLowerCase(), name, commands: await connections.commands(cluster) }, type);
}

export function slotOfKey({ name }: KeyReading): number {
  return calculateSlot(name);
}

/** Null where the key does not expire; so are the next two where Valkey has nothing to tell. */
export function ttlSeconds(reading: KeyReading): MaybePromise<number | null> {
  return whenKnown(reading.ask('ttl'), (reply) => {
    const milliseconds = numberOf(reply);
    return milliseconds < 0 ? null : milliseconds / 1000;
  });
}

/** Null also for a time that RFC 3339 cannot write. */
export function expiresAt(reading: KeyReading): MaybePromise<Date | null> {
  return whenKnown(reading.ask('expiresAt'), (reply) => {
    const milliseconds = numberOf(reply);
    return milliseconds < 0 ? null : dateTimeOf(milliseconds);
  });
}

export function memoryUsageBytes(reading: KeyReading): MaybePromise<number | null> {
  return whenKnown(reading.ask('memory'), numberOrNull);
}

export function objectEncoding(reading: KeyReading): MaybePromise<string | null> {
  return whenKnown(reading.ask('encoding'), (reply) => (reply === null ? null : textOf(reply)));
}

export function idleSeconds(reading: KeyReading): MaybePromise<number | null> {
  return whenKnown(reading.ask('idle'), numberOrNull);
}

export function length(reading: KeyReading): MaybePromise<number> {
  return whenKnown(reading.ask('length'), numberOf);
}

/** Null where the bytes are not valid in the encoding, or the key went meanwhile. */
export function value(reading: KeyReading, encoding: Encoding): MaybePromise<string | null> {
  return whenKnown(reading.ask('value'), (reply) => {
    const bytes = bytesOrNull(reply);
    return bytes && encodeBytes(bytes, encoding);
  });
}
