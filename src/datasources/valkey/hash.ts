import { ExpectedFailure } from '../../domain/errors.js';
import type { Expiry } from '../../domain/expiry.js';
import { expectedFailure, ask } from './expected-failure.js';
import { expiryCommand } from './expiry-command.js';
import type { KeyReading } from './key-reading.js';
import type { ValkeyCommands } from './ports.js';
import { bytesOrNull, numberOf, pairsOf, textOf } from './replies.js';
import { scanStart, type HandedOut, type ScanPosition } from './scan-position.js';
import { mostPerScan, scanOnce } from './scan-reply.js';
import { ScannedNames } from './scanned-names.js';

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

interface ListedField extends HashField {
  /** To go on after this field: of the same size for each field of a page. */
  readonly position: () => ScanPosition;
  /** The same for the last field of a page: it grows with the reply, and holds whatever changes meanwhile. */
  readonly lastPosition: () => ScanPosition;
}

export interface FieldPage {
  readonly fields: readonly ListedField[];
  /** Undefined at the end. */
  readonly next: ScanPosition | undefined;
}

/** Fields looked at for one page, about: of a large hash, a pattern may match few or none. */
const mostScannedFields = 10_000;

/** One page by HSCAN: no field twice on it, and over all pages each field that was there throughout at least once. */
export async function listFields(
  { commands, name: key }: Hash,
  from: ScanPosition,
  { first, match }: { readonly first: number; readonly match?: Buffer | undefined },
): Promise<FieldPage> {
  const fields = new Map<string, ListedField>();
  const filter = match ? (['MATCH', match] as const) : [];
  let position = from;
  let scanned = 0;
  for (;;) {
    const { handedOut } = position;
    const wanted = match ? mostPerScan : Math.min(Math.max(first - fields.size, 10), mostPerScan);
    const count = 'first' in handedOut ? handedOut.first.count : wanted;
    const args = ['HSCAN', key, position.cursor, ...filter, 'COUNT', String(count)] as const;
    const reply = await scanOnce((command) => commands.send({ args: command, key }), args);
    if (position.process !== reply.process && position.cursor !== '0') {
      position = scanStart;
      continue;
    }
    scanned += count;
    const { cursor } = position;
    const at = (handedOut: HandedOut): ScanPosition => ({ process: reply.process, cursor, handedOut });
    const pairs = pairsOf([...reply.items]);
    const values = new Map(pairs.map(([name, value]) => [name.toString('latin1'), value]));
    const names = pairs.map(([name]) => name);
    const found = new ScannedNames(names, count, handedOut);
    let taken = 0;
    for (const { name, place } of found.fresh) {
      if (fields.size === first) break;
      taken += 1;
      const id = name.toString('latin1');
      const value = values.get(id);
      if (value === undefined || fields.has(id)) continue;
      const behind = taken;
      fields.set(id, {
        name,
        value,
        position: () => at(found.through(place)),
        lastPosition: () => at(found.behind(behind)),
      });
    }

    const done = [...fields.values()];
    if (taken < found.fresh.length) return { fields: done, next: at(found.behind(taken)) };
    if (reply.cursor === '0') return { fields: done, next: undefined };
    position = { ...scanStart, process: reply.process, cursor: reply.cursor };
    if (fields.size >= first || scanned >= mostScannedFields) return { fields: done, next: position };
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
