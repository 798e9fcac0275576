import { CommandError } from '../../command-error.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { numberOf, textOf } from '../../replies.js';
import { deleteEach } from '../delete-each.js';
import { expectedFailure, sendCommand } from '../expected-failure.js';

export interface NewEntry {
  readonly stream: Buffer;
  readonly fields: readonly { readonly name: Buffer; readonly value: Buffer }[];
  /** Without an ID, Valkey generates one. */
  readonly id?: string | undefined;
  readonly maxLength?: number | undefined;
}

export function addEntryCommand({ stream, fields, id, maxLength }: NewEntry): Command['args'] {
  const trim = maxLength === undefined ? [] : ['MAXLEN', '~', String(maxLength)];
  return ['XADD', stream, ...trim, id ?? '*', ...fields.flatMap(({ name, value }) => [name, value])];
}

/** Resolves to the ID of the entry. */
export async function addEntry(commands: ValkeyCommands, entry: NewEntry): Promise<string> {
  try {
    return textOf(await commands.send({ args: addEntryCommand(entry), key: entry.stream }));
  } catch (error) {
    // A stream whose last ID is the highest has no ID for another entry either.
    const isId = entry.id !== undefined && error instanceof CommandError && /\bID\b/.test(error.message);
    throw expectedFailure(error, ['input', isId ? 'entryId' : 'stream']);
  }
}

/** Resolves to the number of entries that existed. */
export async function removeEntries(commands: ValkeyCommands, stream: Buffer, ids: readonly string[]): Promise<number> {
  return numberOf(await sendCommand(commands, { args: ['XDEL', stream, ...ids], key: stream }, ['input', 'stream']));
}

/** Removes each entry by a command of its own. Resolves to the IDs of those that existed. */
export async function removeEntriesOneByOne(
  commands: ValkeyCommands,
  stream: Buffer,
  ids: readonly string[],
): Promise<readonly string[]> {
  const deletions = ids.map((id) => ({ args: ['XDEL', stream, id] as const, key: stream }));
  const existed = await deleteEach(commands, deletions, { noun: 'entries', path: ['input', 'stream'] });
  return ids.filter((_, index) => existed[index]);
}
