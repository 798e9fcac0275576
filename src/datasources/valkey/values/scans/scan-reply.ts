import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import type { Argument, Reply } from '../../interfaces.js';
import { listOf, textOf } from '../../replies.js';
import { processOf } from './scan-position.js';

export interface ScanReply {
  readonly process: string;
  readonly cursor: string;
  readonly items: readonly Reply[];
}

/** Largest COUNT. A scan blocks its node. */
export const maxPerScan = 500;

const nothing: Reply = [Buffer.from('0'), []];

/** SCAN refuses the TYPE of a module that is not loaded. The node then has no key of this type. */
function isUnknownType(error: unknown): boolean {
  return error instanceof CommandError && /^ERR unknown type name/i.test(error.message);
}

type Send = (args: readonly [string, ...Argument[]]) => Promise<Reply>;

/**
 * Runs one SCAN, HSCAN or similar command, and identifies the process that answered it. Both commands leave on one connection in one
 * tick, so that the same process answers both, or neither is answered.
 */
export async function scanOnce(send: Send, args: readonly [string, ...Argument[]]): Promise<ScanReply> {
  const [info, reply] = await Promise.all([
    send(['INFO', 'server']).catch((error: unknown) => {
      if (error instanceof CommandError && error.prefix === 'NOPERM') return null;
      throw expectedFailure(error);
    }),
    send(args).catch((error: unknown) => {
      if (isUnknownType(error)) return nothing;
      throw expectedFailure(error);
    }),
  ]);
  const [cursor, items] = listOf(reply);
  return { process: info === null ? '' : processOf(textOf(info)), cursor: textOf(cursor), items: listOf(items) };
}
