import { sendCommand, groupFailure } from '../expected-failure.js';
import type { Command, Reply, ValkeyCommands } from '../../interfaces.js';
import { listOf, textOf } from '../../replies.js';
import { createScript, runScript } from '../../scripts.js';

/** An entry that was delivered but not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly consumer: Buffer;
  /** Time since the entry was delivered or extended. */
  readonly idleMs: number;
  readonly deliveryCount: number;
}

/** Selects pending entries of a group. */
export interface PendingRange {
  readonly stream: Buffer;
  readonly group: Buffer;
  /** An ID, `(<id>` to exclude that ID, or `-` for the lowest. */
  readonly from: string;
  readonly count: number;
  readonly consumer?: Buffer | undefined;
  readonly minIdleMs?: number | undefined;
}

/** The XPENDING command that lists these entries, lowest ID first. */
export function pendingCommand({ stream, group, from, count, consumer, minIdleMs }: PendingRange) {
  const idle = minIdleMs === undefined ? [] : ['IDLE', String(minIdleMs)];
  const owner = consumer === undefined ? [] : [consumer];
  return ['XPENDING', stream, group, ...idle, from, '+', String(count), ...owner] as const;
}

/** XCLAIM can set any count. This one and the next one fit GraphQL's Int. */
const maxDeliveryCount = 2 ** 31 - 2;

/** Parses the reply to `pendingCommand`. */
export function pendingEntries(reply: Reply): PendingEntry[] {
  return (Array.isArray(reply) ? reply : []).flatMap((item) => {
    if (!Array.isArray(item)) return [];
    const [id, consumer, idleMs, deliveryCount] = item;
    if (!Buffer.isBuffer(id) || !Buffer.isBuffer(consumer)) return [];
    return [
      {
        id: id.toString('latin1'),
        consumer,
        idleMs: Number(idleMs),
        deliveryCount: Math.min(Number(deliveryCount), maxDeliveryCount),
      },
    ];
  });
}

/** @throws ExpectedFailure NOT_FOUND if the group does not exist */
export async function readPending(
  commands: Pick<ValkeyCommands, 'send'>,
  range: PendingRange,
): Promise<PendingEntry[]> {
  return pendingEntries(await sendCommand(commands, { args: pendingCommand(range), key: range.stream }));
}

/**
 * KEYS: stream; ARGV: group, consumer, IDs. Resets the idle time of the entries that are pending for the consumer, and returns their
 * IDs. JUSTID keeps their delivery counts. This is a script because without one, an entry that another consumer claims between
 * XPENDING and XCLAIM would be taken back from that consumer.
 */
const extendScript = createScript(`
local extended = {}
for at = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1, ARGV[2])
  if #pending > 0 then
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[at], 'JUSTID')
    if #claimed > 0 then extended[#extended + 1] = claimed[1] end
  end
end
return extended
`);

/**
 * Resets the idle time of those entries that are pending for the consumer. Resolves to their IDs.
 * @throws ExpectedFailure NOT_FOUND if the group does not exist
 */
export async function extendPending(
  commands: ValkeyCommands,
  { stream, group, consumer, ids }: { stream: Buffer; group: Buffer; consumer: Buffer; ids: readonly string[] },
): Promise<readonly string[]> {
  const send = (args: Command['args']) => commands.send({ args, key: stream });
  try {
    return listOf(await runScript(send, extendScript, [stream], [group, consumer, ...ids])).map(textOf);
  } catch (error) {
    throw groupFailure(error);
  }
}
