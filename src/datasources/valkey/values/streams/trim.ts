import type { ValkeyCommands } from '../../interfaces.js';
import { numberOf } from '../../replies.js';
import { sendCommand } from '../expected-failure.js';

export interface Trim {
  readonly stream: Buffer;
  /** The number of entries that stay, or the lowest ID that stays. */
  readonly limit: readonly ['MAXLEN' | 'MINID', string];
  /** Whether Valkey may keep more entries, which is faster. */
  readonly approximate: boolean;
}

/** Resolves to the number of entries that were removed. */
export async function trim(commands: ValkeyCommands, { stream, limit, approximate }: Trim): Promise<number> {
  const [strategy, threshold] = limit;
  const args = ['XTRIM', stream, strategy, approximate ? '~' : '=', threshold] as const;
  return numberOf(await sendCommand(commands, { args, key: stream }, ['input', 'stream']));
}
