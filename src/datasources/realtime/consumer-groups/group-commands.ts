import type { StreamEntry } from '../../../domain/realtime/stream-entry.js';
import { streamEntries } from '../../valkey/values/streams/stream-entries.js';
import { CommandError } from '../../valkey/command-error.js';
import { pendingCommand, pendingEntries, type PendingEntry } from '../../valkey/values/streams/pending-entries.js';
import type { Reply } from '../../valkey/interfaces.js';
import { bytesOf, factsOf, numberOf, textOf } from '../../valkey/replies.js';
import { runScript, type Script } from '../../valkey/scripts.js';
import { deadLetterCommand } from './dead-letters.js';
import { leaveScript, removeIfEmptyScript } from './group-scripts.js';
import type { GroupName } from '../interfaces.js';
import { beforeAll } from '../../../domain/realtime/stream-id.js';
import { readHead, type SendToStream } from '../streams/stream-head.js';
import { readState } from '../../valkey/values/streams/stream-state.js';

/** The commands of one consumer group. */
export interface GroupCommands {
  /** Entries that no consumer has received. */
  readNew(consumer: Buffer, count: number): Promise<StreamEntry[]>;
  acknowledge(entryIds: readonly string[]): Promise<void>;
  /** Adds the entry to the dead-letter stream, then acknowledges it. */
  moveToDeadLetters(deadLetterStream: Buffer, entry: StreamEntry, pending: PendingEntry): Promise<void>;
  /** Pending entries, lowest ID first. `from` is an ID, `(` and an ID to exclude it, or `-`. */
  pending(from: string, count: number, of: { consumer?: Buffer; idleMs?: number }): Promise<PendingEntry[]>;
  /** The IDs of all pending entries of a consumer. */
  pendingIds(consumer: Buffer): Promise<ReadonlySet<string>>;
  /** Claims the entries that exist and were idle for `minIdleMs`. Resolves to those. */
  claim(consumer: Buffer, entryIds: readonly string[], minIdleMs: number): Promise<StreamEntry[]>;
  /** The ID of the last entry that the group delivered; undefined if the group is gone or the user may not run XINFO. */
  lastDelivered(): Promise<string | undefined>;
  /** The stream's last ID, even if its entry is gone; undefined if there is no stream or the user may not run XINFO. */
  lastGeneratedId(): Promise<string | undefined>;
  /** The stream's last ID, or that of its newest entry if the user may not run XINFO; `0-0` if there is no stream. */
  lastId(): Promise<string>;
  /** Creates the group, and the stream if it does not exist. Resolves to false if the group exists already. */
  create(after: string): Promise<boolean>;
  /** Makes those of the entries (ID → deliveries so far) pending for the consumer that are pending for no consumer. */
  restorePending(consumer: Buffer, entries: ReadonlyMap<string, number>): Promise<void>;
  /** Offers the consumer's unacknowledged entries to the others. Removes the consumer and resolves to true if it had none. */
  leave(consumer: Buffer): Promise<boolean>;
  /** Resets the consumer's idle time. Creates the consumer if it does not exist. */
  markAlive(consumer: Buffer): Promise<void>;
  /** Consumers without pending entries that have sent no command for that long. */
  inactiveConsumers(idleMs: number): Promise<readonly Buffer[]>;
  /** Removes the consumer unless it has pending entries. Resolves whether it is removed. */
  removeIfEmpty(consumer: Buffer): Promise<boolean>;
}

/** Long enough for any `claimIdleSeconds`, which is at most a day. */
const offeredIdleMs = 7 * 24 * 60 * 60 * 1000;

/** Most pending entries that one command lists. */
const pendingPage = 1000;

/** Each command rejects with a CommandError of prefix NOGROUP if the stream or the group does not exist. */
export function createGroupCommands(name: GroupName, sendTo: (key: Buffer) => SendToStream): GroupCommands {
  const { stream, group } = name;
  const send = sendTo(stream);
  const pending: GroupCommands['pending'] = async (from, count, { consumer, idleMs }) =>
    pendingEntries(await send(pendingCommand({ stream, group, from, count, consumer, minIdleMs: idleMs })));
  /** If the user may not run scripts, the consumer stays in the group. Its entries are claimed when they are idle. */
  const isRemoved = async (script: Script, consumer: Buffer, ...more: readonly string[]): Promise<boolean> => {
    const run = () => runScript(send, script, [stream], [group, consumer, ...more]);
    return String(await unlessRefused('NOPERM', run)) === '1';
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
    async moveToDeadLetters(deadLetterStream, entry, pending) {
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
    async lastDelivered() {
      const groups = await unlessRefused('NOPERM', () => send(['XINFO', 'GROUPS', stream]));
      const facts = (Array.isArray(groups) ? groups : []).map(factsOf);
      const own = facts.find((each) => bytesOf(each.get('name')).equals(group));
      return own && textOf(own.get('last-delivered-id'));
    },
    lastGeneratedId: async () => (await readState(send, stream))?.lastGeneratedId,
    async lastId() {
      const state = await readState(send, stream);
      // This is below the last ID if the newest entries were deleted. Delivering entries again is better than losing them.
      if (state === undefined) return await readHead(send, stream);
      return state?.lastGeneratedId ?? beforeAll;
    },
    async create(after) {
      const created = await unlessRefused('BUSYGROUP', () =>
        send(['XGROUP', 'CREATE', stream, group, after, 'MKSTREAM']),
      );
      return created !== undefined;
    },
    async restorePending(consumer, entries) {
      for (const count of new Set(entries.values())) {
        const ids = [...entries.keys()].filter((id) => entries.get(id) === count);
        // An entry that another consumer has received meanwhile is not idle for that long, and stays there.
        const options = ['RETRYCOUNT', String(count), 'FORCE', 'JUSTID'] as const;
        await send(['XCLAIM', stream, group, consumer, String(Number.MAX_SAFE_INTEGER), ...ids, ...options]);
      }
    },
    async markAlive(consumer) {
      // Nothing is ever pending under this ID. XGROUP CREATECONSUMER would not reset the idle time.
      await send(['XCLAIM', stream, group, consumer, '0', beforeAll, 'JUSTID']);
    },
    async inactiveConsumers(idleMs) {
      const consumers = await unlessRefused('NOPERM', () => send(['XINFO', 'CONSUMERS', stream, group]));
      const facts = (Array.isArray(consumers) ? consumers : []).map(factsOf);
      const silent = facts.filter(
        (each) => numberOf(each.get('pending')) === 0 && numberOf(each.get('idle')) >= idleMs,
      );
      return silent.map((each) => bytesOf(each.get('name')));
    },
    leave: (consumer) => isRemoved(leaveScript, consumer, String(offeredIdleMs)),
    removeIfEmpty: (consumer) => isRemoved(removeIfEmptyScript, consumer),
  };
}

/** The reply, or undefined if Valkey refuses the command with an error of this prefix. */
async function unlessRefused(prefix: string, send: () => Promise<Reply>): Promise<Reply | undefined> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof CommandError && error.prefix === prefix) return undefined;
    throw error;
  }
}
