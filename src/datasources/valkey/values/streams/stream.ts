import type { StreamEntry } from '../../../../domain/realtime/stream-entry.js';
import { beforeAll, compareEntryIds } from '../../../../domain/realtime/stream-id.js';
import { isExact } from '../../../../runtime/exact-number.js';
import { CommandError } from '../../command-error.js';
import { sendCommand, expectedFailure, groupFailure, noSuchGroup } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import type { Reply, ValkeyCommands } from '../../interfaces.js';
import { bytesOf, factsOf, listOf, numberOf, numberOrNull, textOf } from '../../replies.js';
import { positionAhead } from './group-administration.js';
import { streamEntries } from './stream-entries.js';
import { readState } from './stream-state.js';

type Stream = Pick<KeySnapshot, 'commands' | 'name' | 'cluster'>;

export interface StreamGroup {
  readonly stream: Stream;
  readonly name: Buffer;
  readonly lastDeliveredId: string;
  /** Entries not yet delivered; null if Valkey does not know, or if the number is too large to be exact. */
  readonly lag: number | null;
  /** Entries delivered but not acknowledged. */
  readonly pending: number;
  /** Present if they were already read. */
  readonly consumers?: readonly GroupConsumer[];
}

export interface GroupConsumer {
  readonly name: Buffer;
  readonly pending: number;
  readonly idleSeconds: number;
}

/** The ID that was added last, even if its entry was removed. */
export async function lastId({ commands, name: key }: Stream): Promise<string> {
  const facts = factsOf(await readInfo(commands, ['XINFO', 'STREAM', key]));
  return textOf(facts.get('last-generated-id'));
}

/** Up to `count` entries between two IDs in XRANGE's syntax, in descending order if `reverse` is set. */
export async function readEntries(
  { commands, name: key }: Stream,
  range: { readonly start: string; readonly end: string; readonly reverse: boolean; readonly count: number },
): Promise<StreamEntry[]> {
  const { start, end, reverse, count } = range;
  const bounds = reverse ? [end, start] : [start, end];
  const args = [reverse ? 'XREVRANGE' : 'XRANGE', key, ...bounds, 'COUNT', String(count)] as const;
  return streamEntries(await sendCommand(commands, { args, key }));
}

export async function groupsOf(stream: Stream): Promise<StreamGroup[]> {
  const { commands, name: key } = stream;
  const rows = listOf(await readInfo(commands, ['XINFO', 'GROUPS', key]));
  return rows.map((row) => {
    const facts = factsOf(row);
    return {
      stream,
      name: bytesOf(facts.get('name')),
      lastDeliveredId: textOf(facts.get('last-delivered-id')),
      lag: exactOrNull(numberOrNull(facts.get('lag'))),
      pending: numberOf(facts.get('pending')),
    };
  });
}

/** XSETID can set the counters from which Valkey calculates the lag to any value. */
function exactOrNull(number: number | null): number | null {
  return number !== null && isExact(number) ? number : null;
}

export async function consumersOf({ stream, name }: Pick<StreamGroup, 'stream' | 'name'>): Promise<GroupConsumer[]> {
  const { commands, name: key } = stream;
  const rows = listOf(await readInfo(commands, ['XINFO', 'CONSUMERS', key, name]));
  return rows.map((row) => {
    const facts = factsOf(row);
    return {
      name: bytesOf(facts.get('name')),
      pending: numberOf(facts.get('pending')),
      idleSeconds: numberOf(facts.get('idle')) / 1000,
    };
  });
}

type StreamInfo = readonly ['XINFO', section: string, key: Buffer, ...group: Buffer[]];

/** For a stream that does not exist, XINFO replies that there is no such key, unlike the other commands of streams. */
async function readInfo(commands: Stream['commands'], args: StreamInfo): Promise<Reply> {
  try {
    return await commands.send({ args, key: args[2] });
  } catch (error) {
    const isMissing = error instanceof CommandError && /^ERR no such key/i.test(error.message);
    throw isMissing ? noSuchGroup({ cause: error }) : expectedFailure(error);
  }
}

export interface NewGroup {
  readonly stream: Buffer;
  readonly group: Buffer;
  readonly startAt: string;
  readonly ifNotExists: boolean;
  /** Whether the stream is created if it does not exist. */
  readonly createsStream: boolean;
}

/**
 * Resolves to whether the group was created, already existed (if `ifNotExists` allows it), or has no stream. Valkey decides this in one
 * command, but the position is compared beforehand.
 * @throws ExpectedFailure INVALID_INPUT if `startAt` is above the stream's last ID
 */
export async function createGroup(
  commands: ValkeyCommands,
  newGroup: NewGroup,
): Promise<'created' | 'existing' | 'no stream'> {
  const { stream, group, startAt, ifNotExists, createsStream } = newGroup;
  if (await isAheadOfStream(commands, newGroup)) {
    throw positionAhead(['input', 'startAt']);
  }
  const args = ['XGROUP', 'CREATE', stream, group, startAt, ...(createsStream ? ['MKSTREAM'] : [])] as const;
  try {
    await commands.send({ args, key: stream });
    return 'created';
  } catch (error) {
    const isRefused = error instanceof CommandError;
    if (isRefused && !createsStream && error.message.includes('requires the key to exist')) return 'no stream';
    const exists = isRefused && error.prefix === 'BUSYGROUP';
    if (exists && ifNotExists) return 'existing';
    throw expectedFailure(error, ['input', exists ? 'group' : 'stream']);
  }
}

/** Whether a group that does not exist yet would start above the last ID of its stream; false if the user may not read that ID. */
async function isAheadOfStream(commands: ValkeyCommands, { stream, group, startAt }: NewGroup): Promise<boolean> {
  if (startAt === '$' || compareEntryIds(startAt, beforeAll) === 0) return false;
  try {
    const state = await readState((args) => commands.send({ args, key: stream }), stream);
    if (state === undefined || compareEntryIds(startAt, state?.lastGeneratedId ?? beforeAll) <= 0) return false;
    if (state === null) return true;
    const groups = listOf(await commands.send({ args: ['XINFO', 'GROUPS', stream], key: stream }));
    return !groups.some((row) => bytesOf(factsOf(row).get('name')).equals(group));
  } catch (error) {
    throw expectedFailure(error, ['input', 'stream']);
  }
}

/**
 * Resolves to the number of entries that were pending. If `remove` is set, also removes the entries from the stream.
 * @throws ExpectedFailure NOT_FOUND if the group does not exist; nothing is removed then
 */
export async function acknowledge(
  commands: ValkeyCommands,
  { stream, group, ids, remove }: { stream: Buffer; group: Buffer; ids: readonly string[]; remove: boolean },
): Promise<number> {
  const args = ['XACK', stream, group, ...ids] as const;
  // XACK does not report a missing group. It replies 0, as for entries that were already acknowledged.
  const checkGroup = () => commands.send({ args: ['XPENDING', stream, group], key: stream });
  try {
    if (remove) {
      await checkGroup();
      return numberOf((await commands.transaction(stream, [args, ['XDEL', stream, ...ids]]))[0]);
    }
    const acknowledged = numberOf(await commands.send({ args, key: stream }));
    if (acknowledged === 0) await checkGroup();
    return acknowledged;
  } catch (error) {
    throw groupFailure(error);
  }
}

/** @throws ExpectedFailure NOT_FOUND if the group does not exist */
export async function findGroup(stream: Stream, group: Buffer): Promise<StreamGroup> {
  const found = (await groupsOf(stream)).find(({ name }) => name.equals(group));
  if (found) return found;
  throw noSuchGroup();
}
