import { CommandError } from '../valkey/command-error.js';
import type { Argument, Reply } from '../valkey/ports.js';
import { streamEntries } from '../valkey/stream-entries.js';

/** Sends a command to the node that holds the stream. */
export type SendToStream = (args: readonly [string, ...Argument[]]) => Promise<Reply>;

/** Where a stream begins. */
export const beforeAll = '0-0';

/** The newest entry's ID; `0-0` where there is none. What is added later comes after it. */
export async function readHead(send: SendToStream, stream: Buffer): Promise<string> {
  const [newest] = streamEntries(await send(['XREVRANGE', stream, '+', '-', 'COUNT', '1']));
  return newest?.id ?? beforeAll;
}

/** What XINFO STREAM knows of a stream beyond its entries. */
export interface StreamState {
  readonly lastGeneratedId: string;
  readonly firstEntryId: string | undefined;
  /** The highest ID that XDEL removed, not trimming. */
  readonly maxDeletedId: string;
  /** Entries that stand. */
  readonly length: number;
  /** Entries that were ever added. */
  readonly added: number;
}

/** Null where there is no such key; undefined where the user may not ask. */
export async function readState(send: SendToStream, stream: Buffer): Promise<StreamState | null | undefined> {
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
