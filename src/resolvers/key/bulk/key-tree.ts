import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { biggestKeys } from '../../../datasources/valkey/values/scans/big-keys.js';
import { listingStart } from '../../../datasources/valkey/values/scans/key-listing.js';
import { listLevel } from '../../../datasources/valkey/values/scans/key-tree.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { invalidInput } from '../../../domain/errors.js';
import { requirePermission } from '../../shared/access.js';
import { checkFirst } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import type { KeySelection } from '../key-selection.js';
import { checkMaxScanned, isReadable, readableScanned } from '../key-listing.js';
import { foundKeys, readableKeys } from '../readable-keys.js';
import { cursorScope } from '../cursor-scope.js';
import { listingCursors, listingOf } from '../scan-cursor.js';

export interface KeyTreeArgs {
  readonly prefix: string;
  readonly delimiter: string;
  readonly encoding: Encoding;
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly maxScanned: number;
}

export interface KeyTree {
  readonly prefixes: readonly { readonly prefix: Buffer; readonly keyCount: number }[];
  readonly keys: readonly KeySnapshot[];
  readonly scanned: number;
  readonly isComplete: boolean;
  readonly endCursor: string | null;
}

/** One page of the level below a prefix, of the keys that the caller may read. */
export async function keyTree(
  context: Context,
  cluster: string,
  args: KeyTreeArgs,
  selection: KeySelection,
): Promise<KeyTree> {
  const { encoding, first, after, maxScanned } = args;
  requirePermission(context, 'keys:read', { cluster });
  checkFirst(first);
  checkMaxScanned(maxScanned);
  const prefix = decodeBytes(args.prefix, encoding, ['prefix']);
  const delimiter = decodeBytes(args.delimiter, encoding, ['delimiter']);
  if (delimiter.length === 0) throw invalidInput('Expected a delimiter of at least one byte, got none.', ['delimiter']);
  const scope = cursorScope({ cluster });
  const from = after == null ? listingStart : listingOf(after, scope);
  const { signal } = context;
  const request = { prefix, delimiter, first, maxScanned, isListed: isReadable(context, cluster), signal };
  const level = await listLevel(await context.connections.commands(cluster), from, request);
  return {
    prefixes: level.prefixes,
    keys: await readableKeys(context, cluster, level.names, selection),
    scanned: readableScanned(context, cluster, level.counts),
    isComplete: level.next === undefined,
    endCursor: level.next ? listingCursors(scope)(level.next) : null,
  };
}

export interface BigKey {
  readonly key: KeySnapshot;
  readonly memoryBytes: number | null;
  readonly length: number | null;
}

export interface BigKeys {
  readonly keys: readonly BigKey[];
  readonly scanned: number;
  readonly isComplete: boolean;
}

/** The biggest of the sampled keys that the caller may read. */
export async function bigKeys(
  context: Context,
  cluster: string,
  { first, maxScanned }: { readonly first: number; readonly maxScanned: number },
  selection: KeySelection,
): Promise<BigKeys> {
  requirePermission(context, 'keys:read', { cluster });
  checkFirst(first);
  checkMaxScanned(maxScanned);
  const commands = await context.connections.commands(cluster);
  const request = { first, maxScanned, isListed: isReadable(context, cluster), signal: context.signal };
  const { keys, counts, isComplete } = await biggestKeys(commands, request);
  const names = keys.map(({ name }) => name);
  const found = await foundKeys(context, cluster, names, selection);
  return {
    keys: keys.flatMap(({ memoryBytes, length }, at) => {
      const key = found[at];
      return key ? [{ key, memoryBytes, length }] : [];
    }),
    scanned: readableScanned(context, cluster, counts),
    isComplete,
  };
}
