import type { ExportRequest } from '../../../../domain/key/key-export.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { createKeyWalk } from '../scans/key-walk.js';
import { maxPerScan } from '../scans/scan-reply.js';
import { lineOf, piecesOf, startKeys, type StartedKey } from './key-lines.js';

/** Lines of JSON as text. A piece has whole lines, or a part of the line of a large value. */
export interface ExportPiece {
  readonly text: string;
  /** The number of keys whose lines end in it. */
  readonly keys: number;
}

/** Keys that are read together: bounds the memory of an export. */
const batchSize = 250;

/**
 * The keys that match, one JSON object a line. The next keys are read while the previous ones are written. The memory depends neither
 * on the number of keys nor on the size of their values, except for DUMP, which Valkey returns as a whole.
 * @throws ExpectedFailure, Outage
 */
export async function* exportKeys(
  commands: ValkeyCommands,
  { match, type, format }: ExportRequest,
  includes: (name: Buffer) => boolean,
): AsyncGenerator<ExportPiece, void> {
  const dumps = format === 'DUMP';
  const batches = batchesOf(commands, createKeyWalk({ match, type, includes }));
  const read = async (): Promise<readonly StartedKey[] | undefined> => {
    const { value } = await batches.next();
    return value && (await startKeys(commands, value, { type: type === 'OTHER' ? undefined : type, dumps }));
  };
  let following = read();
  for (;;) {
    const keys = await following;
    if (!keys) return;
    following = read();
    // It is awaited later, or never if the client leaves.
    following.catch(() => undefined);
    let text = '';
    let count = 0;
    for (const key of keys) {
      if (!key) continue;
      const line = lineOf(key, dumps);
      count += 1;
      if (line !== undefined) text += line;
      else if ('page' in key) {
        if (text !== '') yield { text, keys: count - 1 };
        [text, count] = ['', 1];
        for await (const piece of piecesOf(commands, key)) yield { text: piece, keys: 0 };
      }
    }
    if (count > 0) yield { text, keys: count };
  }
}

async function* batchesOf(
  commands: ValkeyCommands,
  walk: ReturnType<typeof createKeyWalk>,
): AsyncGenerator<readonly Buffer[], undefined> {
  for (;;) {
    const { names, isLast } = await walk.next(commands, maxPerScan);
    for (let from = 0; from < names.length; from += batchSize) yield names.slice(from, from + batchSize);
    if (isLast) return undefined;
  }
}
