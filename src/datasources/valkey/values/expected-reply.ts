import { mayHaveWritten } from '../connections/nodes/command-effect.js';
import type { Command } from '../interfaces.js';

const KiB = 1024;

/** Reads whose replies are small, whatever the key holds. */
const smallReplies = new Set([
  ...['STRLEN', 'HLEN', 'LLEN', 'SCARD', 'ZCARD', 'XLEN', 'TYPE', 'PTTL', 'PEXPIRETIME', 'EXISTS', 'DBSIZE', 'MEMORY'],
  ...['OBJECT', 'ZRANK', 'ZREVRANK', 'ZSCORE', 'ZMSCORE', 'ZCOUNT', 'SMISMEMBER', 'GETBIT', 'BITCOUNT', 'PFCOUNT'],
  ...['GEOPOS', 'HPTTL', 'HPEXPIRETIME', 'PING', 'HELLO', 'ROLE', 'ASKING', 'TIME', 'WATCH', 'UNWATCH'],
]);

const isLarge = new Map<string, boolean>();

/** Whether this is a read whose reply may be as large as the data. A command that may write is none. */
export function mayReplyMuch(name: string): boolean {
  let known = isLarge.get(name);
  if (known === undefined) {
    known = !mayHaveWritten(name) && !smallReplies.has(name);
    isLarge.set(name, known);
  }
  return known;
}

/** Values that are read by name: a thousand at once leave in one pipeline. */
const valueBytes = 32 * KiB;
/** Pages of elements, entries and scans. */
const pageBytes = 128 * KiB;
/** Ranges up to the end of a value, for callers that know it to be large. */
const openRangeBytes = 4 * KiB * KiB;

/**
 * The command with a reply that is at most one byte longer than `maxBytes`, if its arguments allow that: a part of a string that is known to
 * begin within so many bytes of its end. The longer reply shows that the part exceeds the limit, without receiving all of it.
 */
export function shortened(command: Command, maxBytes: number): Command {
  const [name, key = '', start, end] = command.args;
  if (name !== 'GETRANGE') return command;
  const [first, last] = [Number(start), Number(end)];
  const countFromSameEnd = first < 0 === last < 0;
  // The last byte is the end, from wherever it is counted.
  if (!countFromSameEnd && last !== -1) return command;
  const isShort = countFromSameEnd && last - first <= maxBytes;
  if (isShort || !Number.isFinite(maxBytes)) return command;
  return { ...command, args: [name, key, String(first), String(first + maxBytes)] };
}

/** About how large the reply to a read may be, before it arrives. Exact for a part of a string. */
export function expectedReplyBytes([name, ...args]: Command['args']): number {
  switch (name) {
    case 'GET':
    case 'HGET':
    case 'LINDEX':
      return valueBytes;
    case 'MGET':
      return valueBytes * args.length;
    case 'HMGET':
      return valueBytes * (args.length - 1);
    case 'GETRANGE': {
      const [, start, end] = args.map(Number);
      return start !== undefined && end !== undefined && start < 0 === end < 0
        ? Math.max(end - start + 1, 0)
        : openRangeBytes;
    }
    default:
      return pageBytes;
  }
}
