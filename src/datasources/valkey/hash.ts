import { ExpectedFailure } from '../../domain/errors.js';
import type { Expiry } from '../../domain/expiry.js';
import { expectedFailure, ask } from './expected-failure.js';
import { expiryCommand } from './expiry-command.js';
import type { KeyReading } from './key-reading.js';
import type { ValkeyCommands } from './ports.js';
import { bytesOrNull, numberOf, pairsOf, textOf } from './replies.js';
import { digestOf, type ScanPosition } from './scan-position.js';
import { scanOnce } from './scan-reply.js';

export interface HashField {
  readonly name: Buffer;
  readonly value: Buffer;
}

type Hash = Pick<KeyReading, 'commands' | 'name'>;

/** Null where the hash has no such field. */
export async function readField({ commands, name: key }: Hash, name: Buffer): Promise<HashField | null> {
  const value = bytesOrNull(await ask(commands, { args: ['HGET', key, name], key }));
  return value && { name, value };
}

export async function readAllFields({ commands, name: key }: Hash): Promise<HashField[]> {
  const pairs = pairsOf(await ask(commands, { args: ['HGETALL', key], key }));
  return pairs.map(([name, value]) => ({ name, value }));
}

export interface FieldPage {
  readonly fields: readonly (HashField & { readonly position: () => ScanPosition })[];
  /** Undefined at the end. */
  readonly next: ScanPosition | undefined;
}

export const fieldsStart: ScanPosition = { process: '', cursor: '0', seen: [] };

/** One page by HSCAN: no field twice on it, and over all pages each field that was there throughout at least once. */
export async function listFields(
  { commands, name: key }: Hash,
  from: ScanPosition,
  { first, match }: { readonly first: number; readonly match?: Buffer | undefined },
): Promise<FieldPage> {
  const fields = new Map<string, FieldPage['fields'][number]>();
  let position = from;
  for (;;) {
    const filter = match ? (['MATCH', match] as const) : [];
    const count = String(Math.max(first - fields.size, 10));
    const args = ['HSCAN', key, position.cursor, ...filter, 'COUNT', count] as const;
    const reply = await scanOnce((command) => commands.send({ args: command, key }), args);
    if (position.process !== reply.process && position.cursor !== '0') {
      position = fieldsStart;
      continue;
    }
    const at = { ...position, process: reply.process };
    const seen = new Set(at.seen);
    const fresh = pairsOf([...reply.items]).filter(([name]) => !seen.has(digestOf(name)));
    const room = first - fields.size;
    const handedOut = fresh.slice(0, room).map(([name]) => name);
    const after = (count: number): ScanPosition => ({
      ...at,
      seen: [...at.seen, ...handedOut.slice(0, count).map(digestOf)],
    });
    fresh.slice(0, room).forEach(([name, value], index) => {
      fields.set(name.toString('latin1'), { name, value, position: () => after(index + 1) });
    });

    const done = [...fields.values()];
    if (handedOut.length < fresh.length) return { fields: done, next: after(handedOut.length) };
    if (reply.cursor === '0') return { fields: done, next: undefined };
    position = { process: reply.process, cursor: reply.cursor, seen: [] };
    if (fields.size >= first) return { fields: done, next: position };
  }
}

/** How many fields are new. */
export async function writeFields(
  commands: ValkeyCommands,
  key: Buffer,
  fields: readonly HashField[],
  expiry: Expiry | undefined,
): Promise<number> {
  const write = ['HSET', key, ...fields.flatMap(({ name, value }) => [name, value])] as const;
  const expire = expiry && expiryCommand(key, expiry);
  if (!expire) return numberOf(await ask(commands, { args: write, key }));
  // The transaction would set the expiry of a key of another type, of which the write alone is refused.
  const type = textOf(await ask(commands, { args: ['TYPE', key], key }));
  if (type !== 'none' && type !== 'hash') {
    const message = `Expected a hash or no key, got a key of type ${type}.`;
    throw new ExpectedFailure('WRONG_TYPE', message, { path: ['input', 'key'], upstreamCode: 'WRONGTYPE' });
  }
  try {
    const [added] = await commands.transaction(key, [write, expire]);
    return numberOf(added);
  } catch (error) {
    throw expectedFailure(error, ['input', 'key']);
  }
}

/** How many of them there were. */
export async function deleteFields(commands: ValkeyCommands, key: Buffer, names: readonly Buffer[]): Promise<number> {
  return numberOf(await ask(commands, { args: ['HDEL', key, ...names], key }, ['input', 'key']));
}
