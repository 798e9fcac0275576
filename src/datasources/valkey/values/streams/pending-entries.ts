import { ask, groupFailure } from '../expected-failure.js';
import type { Reply, ValkeyCommands } from '../../interfaces.js';
import { listOf, textOf } from '../../replies.js';

/** An entry that was delivered and not yet acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly consumer: Buffer;
  /** Since it was delivered, or extended. */
  readonly idleMs: number;
  readonly deliveryCount: number;
}

/** Which of a group's pending entries are asked for. */
export interface PendingRange {
  readonly stream: Buffer;
  readonly group: Buffer;
  /** An ID, `(<id>` for what comes after it, or `-` for the lowest. */
  readonly from: string;
  readonly count: number;
  readonly consumer?: Buffer | undefined;
  readonly minIdleMs?: number | undefined;
}

/** XPENDING's arguments for entries, lowest ID first. */
export function pendingCommand({ stream, group, from, count, consumer, minIdleMs }: PendingRange) {
  const idle = minIdleMs === undefined ? [] : ['IDLE', String(minIdleMs)];
  const owner = consumer === undefined ? [] : [consumer];
  return ['XPENDING', stream, group, ...idle, from, '+', String(count), ...owner] as const;
}

/** XCLAIM can set any count; this one and the next still fit GraphQL's Int. */
const maxDeliveries = 2 ** 31 - 2;

/** What XPENDING answered to `pendingCommand`. */
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
        deliveryCount: Math.min(Number(deliveryCount), maxDeliveries),
      },
    ];
  });
}

/** @throws ExpectedFailure NOT_FOUND where the group is gone */
export async function readPending(
  commands: Pick<ValkeyCommands, 'send'>,
  range: PendingRange,
): Promise<PendingEntry[]> {
  return pendingEntries(await ask(commands, { args: pendingCommand(range), key: range.stream }));
}

/**
 * KEYS: stream; ARGV: group, consumer, IDs. Answers those that the consumer held, idle for no time now; JUSTID leaves
 * their delivery counts alone. A script, because an entry that another claims between the look and XCLAIM would be taken
 * back from it.
 */
const extendScript = `
local extended = {}
for at = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[at], ARGV[at], 1, ARGV[2])
  if #pending > 0 then
    local claimed = redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[at], 'JUSTID')
    if #claimed > 0 then extended[#extended + 1] = claimed[1] end
  end
end
return extended
`;

/**
 * Resets the idle time of those of the entries that the consumer holds, and answers their IDs.
 * @throws ExpectedFailure NOT_FOUND where the group is gone
 */
export async function extendPending(
  commands: ValkeyCommands,
  { stream, group, consumer, ids }: { stream: Buffer; group: Buffer; consumer: Buffer; ids: readonly string[] },
): Promise<readonly string[]> {
  const args = ['EVAL', extendScript, '1', stream, group, consumer, ...ids] as const;
  try {
    return listOf(await commands.send({ args, key: stream })).map(textOf);
  } catch (error) {
    throw groupFailure(error);
  }
}
