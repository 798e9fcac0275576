import * as z from 'zod';
import { nearestDateTime } from '../../../runtime/date-time.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { parseJson } from '../../../runtime/json.js';
import type { MaybePromise } from '../../../runtime/maybe-promise.js';
import type { MemberRecord, ProcessPresence } from '../../../domain/realtime/presence.js';
import { patternOfKeys } from '../../valkey/values/channels/channel-keys.js';
import { CommandError } from '../../valkey/command-error.js';
import { expectedFailure } from '../../valkey/values/expected-failure.js';
import type { Command, ValkeyCommands } from '../../valkey/interfaces.js';
import { bytesOf, listOf, numberOf, pairsOf } from '../../valkey/replies.js';

/** The keys of a channel's presence. */
export interface PresenceKeys {
  /** The set of processes that have subscribers. It is also the name of the channel on which changes are announced. */
  readonly processes: Buffer;
  /** The hash of one process. It expires unless the process renews it in time. */
  of(this: void, process: string): Buffer;
}

/** The changes in one process. */
interface PresenceUpdate {
  readonly subscribers: number;
  readonly changed: readonly MemberRecord[];
  readonly gone: readonly string[];
  /** Whether `changed` contains all members instead of those that have changed since the last write. */
  readonly replacesAll: boolean;
}

/**
 * Presence in a cluster. Each process writes its subscribers to a key of its own, so that Valkey expires the subscribers of a dead
 * process. Readers combine the keys of all processes.
 */
export interface PresenceStore {
  /** @throws ExpectedFailure PERMISSION_DENIED, with the permissions that are missing; Outage */
  write(process: string, update: PresenceUpdate): Promise<void>;
  remove(process: string): Promise<void>;
  /** Renews the expiry of what the process wrote. Resolves to false if that has expired already. */
  heartbeat(process: string): Promise<boolean>;
  read(): Promise<readonly ProcessPresence[]>;
}

const countField = '#';
const memberMark = '@';
const recordSchema = z.object({ data: z.unknown(), since: z.number(), renewed: z.number(), subscriptions: z.number() });

export function createPresenceStore(
  connect: () => MaybePromise<ValkeyCommands>,
  { processes, of }: PresenceKeys,
  timeoutMs: number,
): PresenceStore {
  /** Uses one key only: a transaction on several keys fails while their slot moves to another node. */
  const runTransaction = async (key: Buffer, commands: readonly Command['args'][]) => {
    try {
      return await (await connect()).transaction(key, commands);
    } catch (error) {
      throw presenceFailure(error, processes);
    }
  };
  const send = async (...args: Command['args']) => {
    try {
      return await (await connect()).send({ args, key: processes });
    } catch (error) {
      throw presenceFailure(error, processes);
    }
  };
  /** Not in a transaction: with PUBLISH in it, Valkey 9 executes it on the old node of a slot that moves, where the key may be gone. */
  const announce = (process: string) => send('PUBLISH', processes, process);
  const expiryMs = String(timeoutMs);
  const register = (process: string): readonly Command['args'][] => [
    ['SADD', processes, process],
    ['PEXPIRE', processes, expiryMs],
  ];
  const readProcess = async (process: Buffer): Promise<readonly ProcessPresence[]> => {
    const fields = pairsOf(await send('HGETALL', of(process.toString('latin1'))));
    if (fields.length === 0) {
      // A live process adds itself again with its next heartbeat. A user without write permission leaves the entry as it is.
      await send('SREM', processes, process).catch(() => undefined);
      return [];
    }
    const texts = fields.map(([name, value]) => [name.toString('utf8'), value.toString('utf8')] as const);
    return [
      {
        subscribers: Number(texts.find(([name]) => name === countField)?.[1] ?? 0),
        members: texts.flatMap(([name, value]) => (name.startsWith(memberMark) ? recordOf(name.slice(1), value) : [])),
      },
    ];
  };

  return {
    async write(process, { subscribers, changed, gone, replacesAll }) {
      const key = of(process);
      const fields = changed.flatMap((record) => [`${memberMark}${record.member}`, valueOf(record)]);
      await runTransaction(key, [
        ...(replacesAll ? [['DEL', key] as const] : []),
        ['HSET', key, countField, String(subscribers), ...fields],
        ...(gone.length > 0 ? [['HDEL', key, ...gone.map((member) => `${memberMark}${member}`)] as const] : []),
        ['PEXPIRE', key, expiryMs],
      ]);
      // After the hash, so that a reader that is notified, or finds the process in the set, reads the new hash.
      await runTransaction(processes, register(process));
      await announce(process);
    },
    async remove(process) {
      await send('DEL', of(process));
      await send('SREM', processes, process);
      await announce(process);
    },
    async heartbeat(process) {
      const [renewed] = await Promise.all([
        send('PEXPIRE', of(process), expiryMs),
        runTransaction(processes, register(process)),
      ]);
      return numberOf(renewed) > 0;
    },
    async read() {
      const names = listOf(await send('SMEMBERS', processes)).map(bytesOf);
      return (await Promise.all(names.map(readProcess))).flat();
    },
  };
}

function valueOf({ data, since, renewed, subscriptions }: MemberRecord): string {
  return JSON.stringify({ data, since: since.getTime(), renewed: renewed.getTime(), subscriptions });
}

function recordOf(member: string, value: string): readonly MemberRecord[] {
  const record = recordSchema.safeParse(parseJson(value)).data;
  if (!record) return [];
  const { data = null, since, renewed, subscriptions } = record;
  return [{ member, data, since: nearestDateTime(since), renewed: new Date(renewed), subscriptions }];
}

function presenceFailure(error: unknown, processes: Buffer): Error {
  if (!(error instanceof CommandError) || error.prefix !== 'NOPERM') return expectedFailure(error);
  return new ExpectedFailure(
    'PERMISSION_DENIED',
    `The presence of this channel is stored in keys of ${patternOfKeys(processes)}. The Valkey user requires those keys, the channels ` +
      `of the same names, and +multi, +exec, +sadd, +srem, +smembers, +hset, +hdel, +hgetall, +del, +pexpire, +publish: ${error.message}`,
    { upstreamCode: error.prefix, cause: error },
  );
}
