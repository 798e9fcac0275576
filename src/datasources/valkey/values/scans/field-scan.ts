import { CommandError } from '../../command-error.js';
import { sendCommand } from '../expected-failure.js';
import type { HashField } from '../hash/hash.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { createNameFilter } from './name-filter.js';
import type { Argument } from '../../interfaces.js';
import { bytesOf, bytesOrNull, listOf, pairsOf } from '../../replies.js';
import { scanOnce, type ScanReply } from './scan-reply.js';

interface FieldScanReply extends Pick<ScanReply, 'process' | 'cursor'> {
  readonly fields: readonly HashField[];
}

/** Returns a function that scans one hash for the fields whose names match. */
export function createFieldScan(
  { commands, name: key }: Pick<KeySnapshot, 'commands' | 'name'>,
  match: Buffer | undefined,
): (cursor: string, count: number) => Promise<FieldScanReply> {
  const filter = createNameFilter(match);
  const pattern = filter.sent ? (['MATCH', filter.sent] as const) : [];
  /** Reads the names without values first, so that values of fields that do not match are not sent. */
  let scansNamesOnly = filter.isPartial;
  const scan = (cursor: string, count: number, ...options: readonly Argument[]): Promise<ScanReply> =>
    scanOnce(
      (args) => commands.send({ args, key }),
      ['HSCAN', key, cursor, ...pattern, 'COUNT', String(count), ...options],
    );

  return async (cursor, count) => {
    if (scansNamesOnly) {
      const reply = await scan(cursor, count, 'NOVALUES').catch((error: unknown) => {
        if (!isUnknownOption(error)) throw error;
        // Valkey before 8.0 does not have NOVALUES.
        scansNamesOnly = false;
        return undefined;
      });
      if (reply) return { ...reply, fields: await valuesOf(await filter.keep(reply.items.map(bytesOf))) };
    }
    const reply = await scan(cursor, count);
    const pairs = pairsOf([...reply.items]);
    const matching = new Set(await filter.keep(pairs.map(([name]) => name)));
    return { ...reply, fields: pairs.filter(([name]) => matching.has(name)).map(([name, value]) => ({ name, value })) };
  };

  /** Skips fields that were deleted meanwhile. */
  async function valuesOf(names: readonly Buffer[]): Promise<HashField[]> {
    if (names.length === 0) return [];
    const values = listOf(await sendCommand(commands, { args: ['HMGET', key, ...names], key }));
    return names.flatMap((name, at) => {
      const value = bytesOrNull(values[at]);
      return value ? [{ name, value }] : [];
    });
  }
}

function isUnknownOption(error: unknown): boolean {
  return (
    error instanceof Error && error.cause instanceof CommandError && /^ERR syntax error/i.test(error.cause.message)
  );
}
