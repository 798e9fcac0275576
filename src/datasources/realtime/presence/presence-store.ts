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
  /** The set of processes that have subscribers; also the channel on which changes are told. */
  readonly processes: Buffer;
  /** The hash of one process, which expires where the process does not say in time that it lives. */
  of(this: void, process: string): Buffer;
}

/** What has changed in one process. */
interface PresenceUpdate {
  readonly subscribers: number;
  readonly changed: readonly MemberRecord[];
  readonly gone: readonly string[];
  /** Whether `changed` are all there are, rather than those that are otherwise than they were written last. */
  readonly isWhole: boolean;
}

/**
 * Presence in a cluster: each process writes what it knows under a key of its own, so that Valkey itself forgets the
 * subscribers of one that has died, and all read all of them.
 */
export interface PresenceStore {
  /** @throws ExpectedFailure PERMISSION_DENIED with what the user lacks; Outage */
  write(process: string, update: PresenceUpdate): Promise<void>;
  remove(process: string): Promise<void>;
  /** Says that the process lives; false where what it wrote is gone. */
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
  /** Of one key each: of several, Valkey carries out nothing while their slot is half moved to another node. */
  const carryOut = async (key: Buffer, commands: readonly Command['args'][]) => {
    try {
      return await (await connect()).transaction(key, commands);
    } catch (error) {
      throw presenceFailure(error, processes);
    }
  };
  const ask = async (...args: Command['args']) => {
    try {
      return await (await connect()).send({ args, key: processes });
    } catch (error) {
      throw presenceFailure(error, processes);
    }
  };
  const lease = String(timeoutMs);
  const enlist = (process: string): readonly Command['args'][] => [
    ['SADD', processes, process],
    ['PEXPIRE', processes, lease],
  ];
  const readProcess = async (process: Buffer): Promise<readonly ProcessPresence[]> => {
    const fields = pairsOf(await ask('HGETALL', of(process.toString('latin1'))));
    if (fields.length === 0) {
      // One that lives puts itself into the set again with its next sign of life; who may only read leaves it there.
      await ask('SREM', processes, process).catch(() => undefined);
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
    async write(process, { subscribers, changed, gone, isWhole }) {
      const key = of(process);
      const fields = changed.flatMap((record) => [`${memberMark}${record.member}`, valueOf(record)]);
      await carryOut(key, [
        ...(isWhole ? [['DEL', key] as const] : []),
        ['HSET', key, countField, String(subscribers), ...fields],
        ...(gone.length > 0 ? [['HDEL', key, ...gone.map((member) => `${memberMark}${member}`)] as const] : []),
        ['PEXPIRE', key, lease],
      ]);
      // After it: a reader that is notified, or finds the process in the set, reads what it has written.
      await carryOut(processes, [...enlist(process), ['PUBLISH', processes, process]]);
    },
    async remove(process) {
      await ask('DEL', of(process));
      await carryOut(processes, [
        ['SREM', processes, process],
        ['PUBLISH', processes, process],
      ]);
    },
    async heartbeat(process) {
      const [stands] = await Promise.all([ask('PEXPIRE', of(process), lease), carryOut(processes, enlist(process))]);
      return numberOf(stands) > 0;
    },
    async read() {
      const names = listOf(await ask('SMEMBERS', processes)).map(bytesOf);
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
    `The presence of this channel is kept in keys of ${patternOfKeys(processes)}; the user needs those keys and the channels ` +
      `of the same names, and +multi, +exec, +sadd, +srem, +smembers, +hset, +hdel, +hgetall, +del, +pexpire, +publish: ${error.message}`,
    { upstreamCode: error.prefix, cause: error },
  );
}
