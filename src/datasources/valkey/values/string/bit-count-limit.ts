import type { Command, ReplyReceiver, ValkeyCommands } from '../../interfaces.js';
import { numberOf } from '../../replies.js';

/** Limits how many bytes one BITCOUNT may count, because Valkey serves nobody else meanwhile. */
export interface CountLimit {
  readonly maxBytes: number;
  /** The error of a count of so many bytes. */
  exceeded(this: void, bytes: number): Error;
}

/**
 * Sends a BITCOUNT if it counts no more bytes than the limit allows. If its range does not show that, asks for the length of the value first
 * (STRLEN). A value that grows between the two commands is counted whole.
 */
export function sendBitCount(
  commands: Pick<ValkeyCommands, 'post'>,
  command: Command,
  limit: CountLimit,
  receiver: ReplyReceiver,
): void {
  const [, key = ''] = command.args;
  if (mostCounted(command.args) <= limit.maxBytes) {
    commands.post(command, receiver);
    return;
  }
  commands.post(
    { args: ['STRLEN', key], key: command.key },
    {
      replied(reply) {
        const bytes = countedOf(command.args, numberOf(reply));
        if (bytes > limit.maxBytes) receiver.failed(limit.exceeded(bytes));
        else commands.post(command, receiver);
      },
      failed: (reason) => receiver.failed(reason),
    },
  );
}

/** The most bytes that a BITCOUNT can count, whatever the length of the value. */
function mostCounted([, , start, end, unit]: Command['args']): number {
  const [first, last] = [Number(start ?? 0), Number(end ?? -1)];
  // Both count from the same end.
  if (first < 0 === last < 0) return bytesOf(last - first + 1, unit);
  return first < 0 ? bytesOf(-first, unit) : Infinity;
}

/** The number of bytes that a BITCOUNT counts in a value of this length. */
function countedOf([, , start, end, unit]: Command['args'], bytes: number): number {
  const length = unit === 'BIT' ? bytes * 8 : bytes;
  const position = (given: unknown, without: number): number => {
    const at = Number(given ?? without);
    return at < 0 ? length + at : at;
  };
  const first = Math.max(position(start, 0), 0);
  const last = Math.min(position(end, -1), length - 1);
  return bytesOf(last - first + 1, unit);
}

function bytesOf(positions: number, unit: unknown): number {
  return Math.max(unit === 'BIT' ? Math.ceil(positions / 8) : positions, 0);
}
