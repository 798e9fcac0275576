import { beforeAll } from '../../../../domain/realtime/stream-id.js';
import { CommandError } from '../../command-error.js';
import type { Command, Reply } from '../../interfaces.js';
import { streamEntries } from './stream-entries.js';

/** Facts of XINFO STREAM. */
export interface StreamState {
  readonly lastGeneratedId: string;
  readonly firstEntryId: string | undefined;
  /** The highest ID that XDEL removed. Trimming does not change it. */
  readonly maxDeletedId: string;
  /** Current number of entries. */
  readonly length: number;
  /** Number of entries that were ever added. */
  readonly added: number;
}

/** Null if the key does not exist; undefined if the user may not run XINFO. */
export async function readState(
  send: (args: Command['args']) => Promise<Reply>,
  stream: Buffer,
): Promise<StreamState | null | undefined> {
  try {
    return stateOf(await send(['XINFO', 'STREAM', stream]));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (error.prefix === 'NOPERM') return undefined;
    if (error.message.includes('no such key')) return null;
    throw error;
  }
}

function stateOf(reply: Reply): StreamState {
  const flat = Array.isArray(reply) ? reply : [];
  const member = (name: string): Reply => {
    const at = flat.findIndex((item, index) => index % 2 === 0 && String(item) === name);
    return at < 0 ? null : (flat[at + 1] ?? null);
  };
  const count = (name: string): number => Number(member(name) ?? 0);
  return {
    lastGeneratedId: String(member('last-generated-id') ?? beforeAll),
    firstEntryId: streamEntries([member('first-entry')])[0]?.id,
    maxDeletedId: String(member('max-deleted-entry-id') ?? beforeAll),
    length: count('length'),
    added: count('entries-added'),
  };
}
