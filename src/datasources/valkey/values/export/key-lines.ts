import { isUtf8 } from 'node:buffer';
import { keyTypeOf, type KeyType } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull, numberOf, textOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { asBase64, asText, closeOf, isAllUtf8, openOf, writeItems } from './json-value.js';
import { pageReaders, type Item, type LogicalType, type ValuePage } from './value-pages.js';

/** What is known of a key once the first replies have arrived; null if it no longer exists. */
export type StartedKey =
  | (
      | { readonly name: Buffer; readonly ttl: string; readonly type: LogicalType; readonly page: ValuePage }
      | { readonly name: Buffer; readonly ttl: string; readonly type: KeyType; readonly dump: Buffer }
    )
  | null;

/** First pages are small, because those of a whole batch are held at once. Bytes of strings are multiples of three for Base64. */
const first = { bytes: 49_152, elements: 100 };
const further = { bytes: 786_432, elements: 500 };
/** A value up to this size is written as UTF-8 if all of it is. A larger one is written in Base64, because its end is not known yet. */
const maxHeldBytes = 8 * 1_048_576;

/** Reads what all keys of a batch need first, in two pipelines per node; in one if their type is known. */
export async function startKeys(
  commands: ValkeyCommands,
  names: readonly Buffer[],
  { type, dumps }: { readonly type: KeyType | undefined; readonly dumps: boolean },
): Promise<readonly StartedKey[]> {
  const types = type
    ? names.map(() => type)
    : await Promise.all(names.map(async (name) => typeOf(await send(commands, name, ['TYPE', name]))));
  const keys = await Promise.all(names.map((name, at) => startKey(commands, name, types[at] ?? null, dumps)));
  return type ? keys.map((key) => (key?.type === type ? key : null)) : keys;
}

/** Null if the key does not exist. */
function typeOf(reply: Reply): KeyType | null {
  const name = textOf(reply);
  return name === 'none' ? null : keyTypeOf(name);
}

async function startKey(
  commands: ValkeyCommands,
  name: Buffer,
  type: KeyType | null,
  dumps: boolean,
): Promise<StartedKey> {
  if (type === null) return null;
  if (dumps || type === 'JSON' || type === 'OTHER') {
    const [dump, ttl] = await Promise.all([send(commands, name, ['DUMP', name]), send(commands, name, ['PTTL', name])]);
    const bytes = bytesOrNull(dump);
    return bytes && { name, ttl: textOf(ttl), type, dump: bytes };
  }
  const { command, page, start } = pageReaders[type];
  const count = type === 'STRING' ? first.bytes : first.elements;
  const [reply, ttl] = await Promise.all([
    send(commands, name, command(name, start, count)).catch(ofOtherType),
    send(commands, name, ['PTTL', name]),
  ]);
  if (textOf(ttl) === '-2') return null;
  // The key was replaced by one of another type since its type was read.
  if (reply === undefined)
    return await startKey(commands, name, typeOf(await send(commands, name, ['TYPE', name])), dumps);
  return { name, ttl: textOf(ttl), type, page: page(reply, start, count) };
}

function ofOtherType(error: unknown): undefined {
  if (error instanceof Error && error.cause instanceof CommandError && error.cause.prefix === 'WRONGTYPE')
    return undefined;
  throw error;
}

/** The whole line of a key whose value is complete; undefined if further pages must be read. */
export function lineOf(key: NonNullable<StartedKey>, dumps: boolean): string | undefined {
  if ('dump' in key) return `${headOf(key)}${dumps ? '' : ',"encoding":"DUMP"'},"value":${asBase64(key.dump)}}\n`;
  return key.page.next === undefined ? wholeLine(key, key.page.items) : undefined;
}

type PagedKey = Extract<StartedKey, { readonly page: ValuePage }>;

function wholeLine(key: PagedKey, items: readonly Item[]): string {
  const { type } = key;
  const whole = type === 'STRING' ? [Buffer.concat(items.filter((item) => Buffer.isBuffer(item)))] : items;
  const isText = isAllUtf8(whole);
  const value = writeItems(type, whole, isText ? asText : asBase64);
  return `${headOf(key)}${isText ? '' : encoded},"value":${openOf(type)}${value}${closeOf(type)}}\n`;
}

const encoded = ',"encoding":"BASE64"';

/** The line of a key with a large value in pieces. */
export async function* piecesOf(commands: ValkeyCommands, key: PagedKey): AsyncGenerator<string, void> {
  const { name, type } = key;
  const { command, page } = pageReaders[type];
  let held: Item[] = [...key.page.items];
  let heldBytes = key.page.bytes;
  let isWritten = false;
  let elements = further.elements;
  for (let position = key.page.next; position !== undefined;) {
    if (heldBytes > maxHeldBytes || (isWritten && held.length > 0)) {
      yield piece(key, held, isWritten);
      isWritten = true;
      [held, heldBytes] = [[], 0];
    }
    const count = type === 'STRING' ? further.bytes : elements;
    const read = page(await send(commands, name, command(name, position, count)), position, count);
    if (read.bytes > further.bytes) elements = Math.max(1, Math.floor(elements / 2));
    held = held.concat(read.items);
    heldBytes += read.bytes;
    position = read.next;
  }
  yield isWritten ? `${piece(key, held, isWritten)}${closeOf(type)}}\n` : wholeLine(key, held);
}

function piece(key: PagedKey, items: readonly Item[], isWritten: boolean): string {
  const text = writeItems(key.type, items, asBase64);
  if (!isWritten) return `${headOf(key)}${encoded},"value":${openOf(key.type)}${text}`;
  return key.type === 'STRING' || items.length === 0 ? text : `,${text}`;
}

function headOf({ name, type, ttl }: NonNullable<StartedKey>): string {
  const key = isUtf8(name) ? asText(name) : `${asBase64(name)},"keyEncoding":"BASE64"`;
  return `{"key":${key},"type":"${type}","ttlMilliseconds":${numberOf(ttl) < 0 ? 'null' : ttl}`;
}

async function send(commands: ValkeyCommands, key: Buffer, args: Command['args']): Promise<Reply> {
  try {
    return await commands.send({ args, key });
  } catch (error) {
    throw expectedFailure(error);
  }
}
