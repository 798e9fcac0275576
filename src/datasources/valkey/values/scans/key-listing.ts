import calculateSlot from 'cluster-key-slot';
import { typeNameOf, type KeyType } from '../../../../domain/key/key.js';
import { intersect, isServed, lowestUnserved, union, type SlotRanges } from './slot-ranges.js';
import { createNameFilter } from './name-filter.js';
import { createScanCount } from './scan-count.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { bytesOf } from '../../replies.js';
import { scanStart, type ScanPosition } from './scan-position.js';
import { maxPerPlainScan, maxPerScan, scanNode } from './scan-reply.js';
import { ScannedNames, type ScannedName } from './scanned-names.js';
import { ofUnknownType, primaryOf, requireWaiting, scanArgs, servedNow } from './shard-scan.js';

/**
 * The progress of a listing over all shards. It records finished slots instead of nodes: the listing scans the node that serves the
 * next unfinished slot, so that it does not miss slots that move to a shard that was already scanned.
 */
export interface ListingPosition {
  readonly done: SlotRanges;
  /** The current scan, with the slots that its node served when the scan began. */
  readonly current?: (ScanPosition & { readonly slots: SlotRanges }) | undefined;
}

export const listingStart: ListingPosition = { done: [] };

export interface ListingRequest {
  readonly match?: Buffer | undefined;
  readonly type?: KeyType | undefined;
  /** Names for which this returns false are skipped as if they did not exist. */
  readonly isListed: (name: Buffer) => boolean;
  readonly first: number;
  /** About how many keys are scanned at most. Bounds a page whose filter matches few keys. */
  readonly maxScanned: number;
  /** Whether the names of each reply are to be in the order of their bytes. Only then may the position after each be requested. */
  readonly isOrdered?: boolean;
  /** Whether a page may end with a reply if at most 5 % of its names are missing. The next page then need not read that reply again. */
  readonly endsWithReply?: boolean;
  /** Aborts when nobody waits for the page any more. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each scan, with the node that is scanned. */
  readonly onScan?: (node: ValkeyNode) => void;
}

export interface ListingPage {
  readonly names: readonly ScannedName<ListingPosition>[];
  /**
   * Undefined at the end. A page with a next one has either `first` names (or nearly, with `endsWithReply`), or scanned as much as it may.
   */
  readonly next: ListingPosition | undefined;
  readonly counts: ScannedKeys;
  /** The counts of a page that ends after this many of the names, and whose next page begins there. */
  countsThrough(this: void, names: number): ScannedKeys;
}

/** Keys that were scanned for a page, without those that were scanned for an earlier page, which has returned a part of them. */
export interface ScannedKeys {
  /** About how many keys were scanned. */
  readonly scanned: number;
  /** How many of them match, of those that are listed. */
  readonly listed: number;
}

export const noneScanned: ScannedKeys = { scanned: 0, listed: 0 };

export function addScanned(one: ScannedKeys, other: ScannedKeys): ScannedKeys {
  return { scanned: one.scanned + other.scanned, listed: one.listed + other.listed };
}

/**
 * A reply has a few names more than COUNT, those of its last bucket. If they are too many for a page, the next page has to read the
 * reply again and to recognise the names that were returned. So with `endsWithReply` COUNT leaves room for them, and up to twice as
 * many names are missing.
 */
const maxExcess = 16;

/**
 * Reads one page. A page has no duplicates. All pages together have each name at least once that existed throughout.
 * @throws ExpectedFailure if Valkey refuses the scan; Outage, TIMEOUT if the signal aborts
 */
export async function listKeys(
  commands: ValkeyCommands,
  from: ListingPosition,
  request: ListingRequest,
): Promise<ListingPage> {
  const names: ScannedName<ListingPosition>[] = [];
  const onPage = new Set<string>();
  const filter = createNameFilter(request.match);
  const isFiltered = request.match !== undefined || request.type !== undefined;
  const typeName = request.type && typeNameOf(request.type);
  const counted = createScanCount(filter.sent !== undefined || typeName !== undefined);
  let counts = noneScanned;
  // A reply that is not the last of its node counts as its COUNT, so that a sparse table does not extend the page.
  let spent = 0;
  const replies: { readonly names: number; readonly counts: ScannedKeys }[] = [];
  const page = (next: ListingPosition | undefined): ListingPage => ({
    names,
    next,
    counts,
    countsThrough: (end) => (end === 0 ? noneScanned : (replies.find((reply) => reply.names >= end)?.counts ?? counts)),
  });
  const maxCount = isFiltered ? maxPerScan : maxPerPlainScan;
  const excess = request.endsWithReply === true ? Math.min(maxExcess, Math.floor(request.first / 40)) : 0;
  const spare = 2 * excess;
  let position = from;

  for (;;) {
    const step = nextScan(commands, position);
    if (!step) return page(undefined);
    const { node, current } = step;
    const budget = request.first - names.length;
    if (budget <= spare || spent >= request.maxScanned) return page({ ...position, current });
    requireWaiting(request.signal);

    // A filter may match few keys, until some were scanned.
    const matchesFew = isFiltered && (excess === 0 || names.length * 2 <= spent);
    const idealCount = matchesFew ? maxPerScan : Math.min(Math.max(budget - excess, 10), maxCount);
    const isContinued = 'of' in current.returned || current.returned.digests.length > 0;
    // A shorter reply would not have all the names that were returned, and a later one would repeat them.
    const count = sameCount(current) ?? (isContinued ? idealCount : Math.min(idealCount, request.maxScanned - spent));
    if (position.current !== current || position === from) counted.begin(node, current.cursor);
    request.onScan?.(node);
    const reply = await scanNode(node, scanArgs(current.cursor, count, filter.sent, typeName));
    if (current.process !== reply.process && current.cursor !== '0') {
      // Another process serves these slots now. The former process's cursor means nothing to it.
      position = { done: position.done };
      continue;
    }
    const visited = await counted.visited(reply, count);
    spent += reply.cursor === '0' ? visited : count;

    const matching = await filter.keep(reply.items.map(bytesOf));
    const listed = matching.filter(request.isListed);
    if (!isContinued) counts = addScanned(counts, { scanned: visited, listed: listed.length });
    const ofType = request.type === 'OTHER' ? await ofUnknownType(commands, listed) : listed;
    const already = intersect(position.done, current.slots);
    const { done } = position;
    const found = new ScannedNames<ListingPosition>({
      names: ofType,
      count,
      returned: current.returned,
      at: (returned) => ({ done, current: { ...current, process: reply.process, returned } }),
      isOrdered: request.isOrdered === true,
    });
    let taken = 0;
    for (const scannedName of found.fresh) {
      if (names.length === request.first) break;
      taken += 1;
      const { name, id } = scannedName;
      if (onPage.has(id) || (already.length > 0 && isServed(already, calculateSlot(name)))) continue;
      onPage.add(id);
      names.push(scannedName);
    }

    replies.push({ names: names.length, counts });
    if (taken < found.fresh.length) return page(found.behind(taken));
    position =
      reply.cursor === '0'
        ? { done: union(done, intersect(current.slots, await servedNow(commands, node))) }
        : { done, current: { ...scanStart, process: reply.process, cursor: reply.cursor, slots: current.slots } };
  }
}

/** The current scan, or a new one that starts at the lowest unfinished slot; undefined if all slots are finished. */
function nextScan(commands: ValkeyCommands, { done, current }: ListingPosition) {
  const slot = current?.slots[0]?.[0] ?? lowestUnserved(done);
  if (slot === undefined) return undefined;
  const node = primaryOf(commands, slot);
  return { node, current: current ?? { ...scanStart, slots: node.slots } };
}

/** The COUNT of the scan whose reply has to be read again. */
function sameCount({ returned }: ScanPosition): number | undefined {
  return 'of' in returned ? returned.of.count : undefined;
}
