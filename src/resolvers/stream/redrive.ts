import type { ValkeyCommands } from '../../datasources/valkey/interfaces.js';
import {
  countEntries,
  findLetters,
  readLetters,
  redrive,
  type DeadLetter,
} from '../../datasources/valkey/values/streams/redrive.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { readDeadLetter } from '../../domain/realtime/dead-letter.js';
import type { StreamEntry } from '../../domain/realtime/stream-entry.js';
import { beforeAll, normalEntryId } from '../../domain/realtime/stream-id.js';
import { requirePermission } from '../shared/access.js';
import { checkCount, checkEntryIds, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';

export interface RedriveDeadLettersInput {
  readonly cluster: string;
  readonly deadLetterStream: string;
  readonly encoding: Encoding;
  readonly entryIds?: readonly string[] | null | undefined;
  readonly first: number;
}

export interface Redriven {
  readonly redriven: number;
  /** Entries that the dead-letter stream still has; null if it cannot be read. */
  readonly remaining: number | null;
}

const mostScanned = 10_000;
const pageSize = 1000;

/** Requires `streams:write` on the dead-letter stream, and on each stream from which a letter came, before anything is written. */
export async function redriveDeadLetters(context: Context, input: RedriveDeadLettersInput): Promise<Redriven> {
  const { cluster } = input;
  const stream = decodeBytes(input.deadLetterStream, input.encoding, ['input', 'deadLetterStream']);
  requirePermission(context, 'streams:write', { cluster, key: stream });
  checkCount(input.first, ['input', 'first']);
  const ids = input.entryIds == null ? undefined : checkEntryIds(input.entryIds);
  const commands = await commandsFor(context, cluster);
  const letters = ids ? await lettersOf(commands, stream, ids) : await firstLetters(commands, stream, input.first);
  for (const letter of letters) requirePermission(context, 'streams:write', { cluster, key: letter.stream });
  const redriven = await redrive(commands, stream, letters);
  return { redriven, remaining: await countEntries(commands, stream) };
}

/** Letters that no longer exist are omitted: they may have been redriven already. */
async function lettersOf(
  commands: ValkeyCommands,
  stream: Buffer,
  ids: readonly string[],
): Promise<readonly DeadLetter[]> {
  const entries = await findLetters(commands, stream, ids.map(normalEntryId));
  const letters = new Map<string, DeadLetter>();
  entries.forEach((entry, index) => {
    if (!entry) return;
    const letter = letterOf(entry);
    if (!letter) throw notALetter(['input', 'entryIds', String(index)]);
    letters.set(letter.id, letter);
  });
  return [...letters.values()];
}

/** Skips entries that are not dead letters. */
async function firstLetters(commands: ValkeyCommands, stream: Buffer, first: number): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  let scanned = 0;
  for (let after = beforeAll; scanned < mostScanned;) {
    const page = await readLetters(commands, stream, { after, count: Math.max(first - letters.length, pageSize / 10) });
    scanned += page.length;
    for (const entry of page) {
      const letter = letterOf(entry);
      if (letter && letters.length < first) letters.push(letter);
    }
    const last = page.at(-1);
    if (!last || letters.length === first) break;
    after = last.id;
  }
  if (letters.length === 0 && scanned > 0) throw notALetter(['input', 'deadLetterStream']);
  return letters;
}

function letterOf({ id, fields }: StreamEntry): DeadLetter | undefined {
  const letter = readDeadLetter(fields);
  return letter && { id, ...letter };
}

function notALetter(path: readonly string[]): Error {
  return invalidInput(
    'Expected a dead letter, i.e. an entry that ends with the fields `dead-letter-reason` to `dead-letter-deliveries`, got another entry. ' +
      'It stays in the stream.',
    path,
  );
}
