import type { StreamEntry } from '../../domain/stream-entry.js';
import { streamEntries } from '../valkey/stream-entries.js';
import { CommandError } from '../valkey/command-error.js';
import { pendingCommand, pendingEntries, type PendingEntry } from '../valkey/pending-entries.js';
import { deadLetterCommand } from './dead-letters.js';
import { leaveScript, removeIfEmptyScript } from './group-scripts.js';
import type { GroupName } from './ports.js';
import type { SendToStream } from './stream-head.js';

/** The commands of one consumer group. */
export interface GroupCommands {
  /** Entries that no consumer has had. */
  readNew(consumer: Buffer, count: number): Promise<StreamEntry[]>;
  acknowledge(entryIds: readonly string[]): Promise<void>;
  /** Adds the entry to the dead-letter stream, then acknowledges it. */
  putAside(deadLetterStream: Buffer, entry: StreamEntry, pending: PendingEntry): Promise<void>;
  /** Pending entries from an ID on (or `-`, or `(<id>`), lowest first. */
  pending(from: string, count: number, of: { consumer?: Buffer; idleMs?: number }): Promise<PendingEntry[]>;
  /** The IDs of all pending entries of a consumer. */
  pendingIds(consumer: Buffer): Promise<ReadonlySet<string>>;
  /** Those of the entries that were idle for `minIdleMs` and still stand; they are the consumer's now. */
  claim(consumer: Buffer, entryIds: readonly string[], minIdleMs: number): Promise<StreamEntry[]>;
  /** Offers what the consumer has not acknowledged to the others; resolves whether it had none and is removed. */
  leave(consumer: Buffer): Promise<boolean>;
  /** Removes the consumer unless it has pending entries; resolves whether it is removed. */
  removeIfEmpty(consumer: Buffer): Promise<boolean>;
}

/** So long that the entry is idle enough for any `claimIdleSeconds` (at most a day). */
const offeredIdleMs = 7 * 24 * 60 * 60 * 1000;

/** Pending entries looked at in one command. */
const pendingPage = 1000;

/** @throws CommandError of prefix NOGROUP, from each, where there is no such stream or group */
export function createGroupCommands(name: GroupName, sendTo: (key: Buffer) => SendToStream): GroupCommands {
  const { stream, group } = name;
  const send = sendTo(stream);
  const pending: GroupCommands['pending'] = async (from, count, { consumer, idleMs }) =>
    pendingEntries(await send(pendingCommand({ stream, group, from, count, consumer, minIdleMs: idleMs })));
  /** Without the right to run scripts a consumer stays in the group; its entries are claimed when they are idle. */
  const isRemoved = async (script: string, consumer: Buffer, ...more: readonly string[]): Promise<boolean> => {
    try {
      return String(await send(['EVAL', script, '1', stream, group, consumer, ...more])) === '1';
    } catch (error) {
      if (error instanceof CommandError && error.prefix === 'NOPERM') return false;
      throw error;
    }
  };
  return {
    async readNew(consumer, count) {
      const options = ['COUNT', String(count), 'STREAMS'] as const;
      const reply = await send(['XREADGROUP', 'GROUP', group, consumer, ...options, stream, '>']);
      return Array.isArray(reply) ? streamEntries(reply[1] ?? null) : [];
    },
    async acknowledge(entryIds) {
      if (entryIds.length > 0) await send(['XACK', stream, group, ...entryIds]);
    },
    async putAside(deadLetterStream, entry, pending) {
      await sendTo(deadLetterStream)(deadLetterCommand(deadLetterStream, name, entry, pending));
      await send(['XACK', stream, group, entry.id]);
    },
    pending,
    async pendingIds(consumer) {
      const ids = new Set<string>();
      for (let from = '-'; ;) {
        const page = await pending(from, pendingPage, { consumer });
        for (const { id } of page) ids.add(id);
        const last = page.at(-1);
        if (!last || page.length < pendingPage) return ids;
        from = `(${last.id}`;
      }
    },
    async claim(consumer, entryIds, minIdleMs) {
      if (entryIds.length === 0) return [];
      return streamEntries(await send(['XCLAIM', stream, group, consumer, String(minIdleMs), ...entryIds]));
    },
    leave: (consumer) => isRemoved(leaveScript, consumer, String(offeredIdleMs)),
    removeIfEmpty: (consumer) => isRemoved(removeIfEmptyScript, consumer),
  };
}
