import type { ValkeyCommands } from '../../interfaces.js';
import { addScanned, listKeys, noneScanned, type ListingPosition, type ScannedKeys } from './key-listing.js';

/** One page of the level below a prefix. */
export interface KeyLevel {
  /** Prefixes with their delimiter, in the order in which they were found. */
  readonly prefixes: readonly { readonly prefix: Buffer; readonly keyCount: number }[];
  /** Keys without a further delimiter. */
  readonly names: readonly Buffer[];
  readonly counts: ScannedKeys;
  /** Undefined at the end. */
  readonly next: ListingPosition | undefined;
}

export interface LevelRequest {
  readonly prefix: Buffer;
  /** At least one byte. */
  readonly delimiter: Buffer;
  /** Most prefixes and keys together. */
  readonly first: number;
  readonly maxScanned: number;
  readonly isListed: (name: Buffer) => boolean;
  /** Aborts when nobody waits for the level any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Names that are read at once. */
const namesPerPage = 1_000;

/**
 * Scans until the level has `first` entries or about `maxScanned` keys were scanned. Counts are of this page only.
 * @throws ExpectedFailure if Valkey refuses the scan; Outage, TIMEOUT if the signal aborts
 */
export async function listLevel(
  commands: ValkeyCommands,
  from: ListingPosition,
  { prefix, delimiter, first, maxScanned, isListed, signal }: LevelRequest,
): Promise<KeyLevel> {
  const keyCounts = new Map<string, number>();
  const names: Buffer[] = [];
  const level = (next: ListingPosition | undefined, scanned: ScannedKeys): KeyLevel => ({
    prefixes: [...keyCounts].map(([text, keyCount]) => ({ prefix: Buffer.from(text, 'latin1'), keyCount })),
    names,
    counts: scanned,
    next,
  });
  const match = Buffer.concat([escaped(prefix), Buffer.from('*')]);
  let position = from;
  let counts = noneScanned;
  // The same name may be on two pages of one level.
  const seen = new Set<string>();
  for (;;) {
    const page = await listKeys(commands, position, {
      match,
      isListed,
      first: namesPerPage,
      maxScanned: maxScanned - counts.scanned,
      signal,
      // Names with the same prefix then follow each other, so that a level does not end before all of a reply are counted.
      isOrdered: true,
    });
    let last: (typeof page.names)[number] | undefined;
    for (const [at, listed] of page.names.entries()) {
      const { name, id } = listed;
      const end = name.indexOf(delimiter, prefix.length);
      const group = end < 0 ? undefined : id.slice(0, end + delimiter.length);
      const isNew = group === undefined || !keyCounts.has(group);
      if (isNew && keyCounts.size + names.length === first) {
        // The replies behind this name are scanned again for the next level.
        return level(last?.lastPosition() ?? position, addScanned(counts, page.countsThrough(at)));
      }
      if (group !== undefined) keyCounts.set(group, (keyCounts.get(group) ?? 0) + 1);
      else if (!seen.has(id)) {
        seen.add(id);
        names.push(name);
      }
      last = listed;
    }
    counts = addScanned(counts, page.counts);
    if (!page.next || page.names.length < namesPerPage || counts.scanned >= maxScanned) return level(page.next, counts);
    position = page.next;
  }
}

const special = new Set(Buffer.from('*?[]^-\\'));

/** The bytes as a pattern that matches only them. */
function escaped(bytes: Buffer): Buffer {
  return Buffer.from([...bytes].flatMap((byte) => (special.has(byte) ? [0x5c, byte] : [byte])));
}
