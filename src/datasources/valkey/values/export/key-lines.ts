import { isUtf8 } from 'node:buffer';
import { keyTypeOf, type KeyType } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull, numberOf, textOf } from '../../replies.js';
import { expectedFailure } from '../expected-failure.js';
import { asBase64, asText, closeOf, isAllUtf8, openOf, writeItems } from './json-value.js';
import { pageReaders, type Item, type LogicalType, type ValuePage } from './value-pages.js';

/** The facts of a key that the first replies show; null if it no longer exists. */
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
    : (
        await askAll(
          commands,
          names.map((name) => ({ args: ['TYPE', name], key: name })),
        )
      ).map((answer) => typeOf(known(answer)));
  const keys = await startTyped(commands, names, types, dumps);
  return type ? keys.map((key) => (key?.type === type ? key : null)) : keys;
}

/** Null if the key does not exist. */
function typeOf(reply: Reply): KeyType | null {
  const name = textOf(reply);
  return name === 'none' ? null : keyTypeOf(name);
}

async function startTyped(
  commands: ValkeyCommands,
  names: readonly Buffer[],
  types: readonly (KeyType | null)[],
  dumps: boolean,
): Promise<readonly StartedKey[]> {
  const all: Command[] = [];
  for (const [at, key] of names.entries()) {
    all.push({ args: firstCommand(key, types[at] ?? null, dumps), key }, { args: ['PTTL', key], key });
  }
  const answers = await askAll(commands, all);
  const keys: StartedKey[] = [];
  for (const [at, name] of names.entries()) {
    const answer = answers[2 * at] ?? null;
    const ttl = answers[2 * at + 1] ?? null;
    if (isWrongType(answer)) {
      // The key was replaced by one of another type since its type was read.
      const [key = null] = await startKeys(commands, [name], { type: undefined, dumps });
      keys.push(key);
    } else keys.push(startedKey(name, types[at] ?? null, dumps, known(answer), textOf(known(ttl))));
  }
  return keys;
}

function isDumped(type: KeyType, dumps: boolean): type is 'JSON' | 'OTHER' {
  return dumps || type === 'JSON' || type === 'OTHER';
}

function firstCommand(name: Buffer, type: KeyType | null, dumps: boolean): Command['args'] {
  if (type === null) return ['EXISTS', name];
  if (isDumped(type, dumps)) return ['DUMP', name];
  const { command, start } = pageReaders[type];
  return command(name, start, firstCount(type));
}

function firstCount(type: LogicalType): number {
  return type === 'STRING' ? first.bytes : first.elements;
}

function startedKey(name: Buffer, type: KeyType | null, dumps: boolean, reply: Reply, ttl: string): StartedKey {
  if (type === null || ttl === '-2') return null;
  if (isDumped(type, dumps)) {
    const dump = bytesOrNull(reply);
    return dump && { name, ttl, type, dump };
  }
  const { page, start } = pageReaders[type];
  return { name, ttl, type, page: page(reply, start, firstCount(type)) };
}

function isWrongType(answer: Reply | Error): boolean {
  return answer instanceof CommandError && answer.prefix === 'WRONGTYPE';
}

/** @throws ExpectedFailure, Outage */
function known(answer: Reply | Error): Reply {
  if (answer instanceof Error) throw expectedFailure(answer);
  return answer;
}

/** Sends commands in one pipeline per node, without a promise for each: there may be hundreds. */
function askAll(commands: ValkeyCommands, all: readonly Command[]): Promise<readonly (Reply | Error)[]> {
  if (all.length === 0) return Promise.resolve([]);
  return new Promise((resolve) => {
    const answers: (Reply | Error)[] = Array.from({ length: all.length }, () => null);
    let left = all.length;
    const answered = (at: number, answer: Reply | Error): void => {
      answers[at] = answer;
      left -= 1;
      if (left === 0) resolve(answers);
    };
    for (const [at, command] of all.entries()) {
      commands.post(command, {
        replied: (reply) => answered(at, reply),
        failed: (reason) => answered(at, reason),
      });
    }
  });
}

/** The whole line of a key whose value is complete; undefined if further pages must be read. */
export function lineOf(key: NonNullable<StartedKey>, dumps: boolean): string | undefined {
  if ('dump' in key) return `${headOf(key)}${dumps ? '' : ',"encoding":"DUMP"'},"value":${asBase64(key.dump)}}\n`;
  return key.page.next === undefined ? wholeLine(key, key.page.items) : undefined;
}

type PagedKey = Extract<StartedKey, { readonly page: ValuePage }>;

function wholeLine(key: PagedKey, items: readonly Item[]): string {
  const { type } = key;
  const whole = type === 'STRING' ? [joined(items)] : items;
  const isText = isAllUtf8(whole);
  const value = writeItems(type, whole, isText ? asText : asBase64);
  return `${headOf(key)}${isText ? '' : encoded},"value":${openOf(type)}${value}${closeOf(type)}}\n`;
}

function joined(parts: readonly Item[]): Buffer {
  const [only] = parts;
  if (parts.length === 1 && Buffer.isBuffer(only)) return only;
  return Buffer.concat(parts.filter((part) => Buffer.isBuffer(part)));
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
