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

/** The most keys that are read together. DUMP returns each value as a whole. */
const maxTogether = { pages: 250, dumps: 64 };
const firstBatch = 16;
/** About as many bytes are read together, if a batch has values like those of the previous one. */
const batchBytes = 8 * 1_048_576;

/**
 * The keys that match, one JSON object a line. The next keys are read while the previous ones are written. The memory does not depend on
 * the number of keys. It grows with the size of elements, and of values with DUMP, which Valkey returns as a whole.
 * @throws ExpectedFailure, Outage
 */
export async function* exportKeys(
  commands: ValkeyCommands,
  { match, type, format }: ExportRequest,
  includes: (name: Buffer) => boolean,
): AsyncGenerator<ExportPiece, void> {
  const dumps = format === 'DUMP';
  let size = firstBatch;
  const batches = batchesOf(commands, createKeyWalk({ match, type, includes }), () => size);
  const read = async (): Promise<readonly StartedKey[] | undefined> => {
    const { value } = await batches.next();
    if (!value) return undefined;
    const keys = await startKeys(commands, value, { type: type === 'OTHER' ? undefined : type, dumps });
    const most = Math.min(maxTogether[dumps ? 'dumps' : 'pages'], 2 * size);
    size = Math.min(most, Math.max(1, Math.floor((batchBytes * value.length) / heldBytes(keys))));
    return keys;
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
  size: () => number,
): AsyncGenerator<readonly Buffer[], undefined> {
  for (;;) {
    const { names, isLast } = await walk.next(commands, maxPerScan);
    for (let from = 0; from < names.length;) {
      const batch = names.slice(from, from + size());
      from += batch.length;
      yield batch;
    }
    if (isLast) return undefined;
  }
}

/** The bytes of the values that a batch holds; 0 if it has none. */
function heldBytes(keys: readonly StartedKey[]): number {
  let bytes = 0;
  for (const key of keys) if (key) bytes += 'dump' in key ? key.dump.length : key.page.bytes;
  return bytes;
}
