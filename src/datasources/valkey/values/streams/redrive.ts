import calculateSlot from 'cluster-key-slot';
import { ExpectedFailure, Outage } from '../../../../domain/errors.js';
import type { StreamEntry, StreamField } from '../../../../domain/realtime/stream-entry.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { createScript, runScript } from '../../scripts.js';
import { scriptFailure, sendCommand } from '../expected-failure.js';
import { numberOf } from '../../replies.js';
import { streamEntries } from './stream-entries.js';

/** An entry of a dead-letter stream, and the entry from which it was made. */
export interface DeadLetter {
  readonly id: string;
  /** The stream from which the entry came. */
  readonly stream: Buffer;
  readonly own: readonly StreamField[];
}

/** KEYS: dead-letter stream, stream; ARGV: ID of the letter, fields. Returns 0 if the letter no longer exists. */
const redriveScript = createScript(`
if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 2))
return redis.call('XDEL', KEYS[1], ARGV[1])
`);

/** Lua cannot pass more arguments than this to one command. */
const mostArguments = 7000;

const path = ['input', 'deadLetterStream'];

/**
 * Adds each entry to its stream again and removes its dead letter, in order. Resolves to the number of letters that were removed; letters
 * that no longer exist are skipped. If both streams belong to one slot, one script does both, so that each entry is added exactly once,
 * however often this is repeated. Otherwise the entry is added first, so that it is never lost.
 * @throws ExpectedFailure if nothing was redriven; Outage UNKNOWN_OUTCOME if some letters were redriven before another one failed
 */
export async function redrive(
  commands: ValkeyCommands,
  deadLetterStream: Buffer,
  letters: readonly DeadLetter[],
): Promise<number> {
  const slot = calculateSlot(deadLetterStream);
  // No entry has this ID. If the user may not delete letters, none may be added to its stream: it would be added again and again.
  await sendCommand(commands, { args: ['XDEL', deadLetterStream, '0-0'], key: deadLetterStream }, path);
  let redriven = 0;
  // One after the other: the entries keep their order, and a stream that is refused stops the rest.
  for (const letter of letters) {
    const isOneSlot = !commands.isClustered || calculateSlot(letter.stream) === slot;
    const mayUseScript = isOneSlot && letter.own.length * 2 <= mostArguments;
    try {
      redriven += await (mayUseScript ? redriveOnce : redriveAtLeastOnce)(commands, deadLetterStream, letter);
    } catch (cause) {
      const failure = scriptFailure(cause, path);
      if (redriven === 0 || !(failure instanceof ExpectedFailure || failure instanceof Outage)) throw failure;
      const message = `${redriven} dead letters were redriven, then one failed: ${failure.message} Redrive the rest again.`;
      throw new Outage('UNKNOWN_OUTCOME', message, { cause: failure });
    }
  }
  return redriven;
}

async function redriveOnce(commands: ValkeyCommands, deadLetterStream: Buffer, letter: DeadLetter): Promise<number> {
  const send = (args: Command['args']) => commands.send({ args, key: deadLetterStream });
  return numberOf(
    await runScript(send, redriveScript, [deadLetterStream, letter.stream], [letter.id, ...flat(letter.own)]),
  );
}

async function redriveAtLeastOnce(
  commands: ValkeyCommands,
  deadLetterStream: Buffer,
  { id, stream, own }: DeadLetter,
): Promise<number> {
  await commands.send({ args: ['XADD', stream, '*', ...flat(own)], key: stream });
  return numberOf(await commands.send({ args: ['XDEL', deadLetterStream, id], key: deadLetterStream }));
}

function flat(fields: readonly StreamField[]): Buffer[] {
  return fields.flatMap(({ name, value }) => [name, value]);
}

/** Up to `count` entries of a dead-letter stream after an ID, lowest first. */
export async function readLetters(
  commands: ValkeyCommands,
  stream: Buffer,
  { after, count }: { readonly after: string; readonly count: number },
): Promise<StreamEntry[]> {
  const args = ['XRANGE', stream, `(${after}`, '+', 'COUNT', String(count)] as const;
  return streamEntries(await sendCommand(commands, { args, key: stream }, path));
}

/** The entries with these IDs, in the same order; undefined for those that do not exist. */
export async function findLetters(
  commands: ValkeyCommands,
  stream: Buffer,
  ids: readonly string[],
): Promise<readonly (StreamEntry | undefined)[]> {
  return await Promise.all(
    ids.map(async (id) => {
      const args = ['XRANGE', stream, id, id] as const;
      return streamEntries(await sendCommand(commands, { args, key: stream }, path))[0];
    }),
  );
}

/** Null if it cannot be read: the letters were redriven nevertheless. */
export async function countEntries(commands: ValkeyCommands, stream: Buffer): Promise<number | null> {
  try {
    return numberOf(await sendCommand(commands, { args: ['XLEN', stream], key: stream }, path));
  } catch (error) {
    if (error instanceof ExpectedFailure || error instanceof Outage) return null;
    throw error;
  }
}
