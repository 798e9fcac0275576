import calculateSlot from 'cluster-key-slot';
import { typeNameOf, type KeyType } from '../../../../domain/key/key.js';
import { intersect, isServed, lowestUnserved, union, type SlotRanges } from './slot-ranges.js';
import { createNameFilter } from './name-filter.js';
import { createScanCount } from './scan-count.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { bytesOf } from '../../replies.js';
import { scanStart, type ReturnedNames, type ScanPosition } from './scan-position.js';
import { maxPerScan, scanOnce } from './scan-reply.js';
import { ScannedNames } from './scanned-names.js';
import { ofUnknownType, primaryOf, scanArgs, servedNow } from './shard-scan.js';

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
}

interface ListedName {
  readonly name: Buffer;
  /** The position after this name. Its size is the same for each name of a page. */
  readonly position: () => ListingPosition;
  /** The position after this name if it is the last of its page. It grows with the reply, and stays valid if keys change. */
  readonly lastPosition: () => ListingPosition;
}

export interface ListingPage {
  readonly names: readonly ListedName[];
  /** Undefined at the end. A page with a next one has either `first` names, or scanned as much as it may. */
  readonly next: ListingPosition | undefined;
  readonly counts: ScannedKeys;
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

/** Reads one page. A page has no duplicates. All pages together have each name at least once that existed throughout. */
export async function listKeys(
  commands: ValkeyCommands,
  from: ListingPosition,
  request: ListingRequest,
): Promise<ListingPage> {
  const names: ListedName[] = [];
  const onPage = new Set<string>();
  const filter = createNameFilter(request.match);
  const isFiltered = request.match !== undefined || request.type !== undefined;
  const typeName = request.type && typeNameOf(request.type);
  const counted = createScanCount(filter.sent !== undefined || typeName !== undefined);
  let counts = noneScanned;
  // A reply that is not the last of its node counts as its COUNT, so that a sparse table does not extend the page.
  let spent = 0;
  let position = from;

  for (;;) {
    const step = nextScan(commands, position);
    if (!step) return { names, next: undefined, counts };
    const { node, current } = step;
    const budget = request.first - names.length;
    if (budget === 0 || spent >= request.maxScanned) return { names, next: { ...position, current }, counts };

    const idealCount = isFiltered ? maxPerScan : Math.min(Math.max(budget, 10), maxPerScan);
    const isContinued = 'of' in current.returned || current.returned.digests.length > 0;
    // A shorter reply would not have all the names that were returned, and a later one would repeat them.
    const count = sameCount(current) ?? (isContinued ? idealCount : Math.min(idealCount, request.maxScanned - spent));
    if (position.current !== current || position === from) counted.begin(node, current.cursor);
    const reply = await scanOnce((args) => node.send(args), scanArgs(current.cursor, count, filter.sent, typeName));
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
    const found = new ScannedNames(ofType, count, current.returned);
    const already = intersect(position.done, current.slots);
    const { done } = position;
    const at = (returned: ReturnedNames): ListingPosition => ({
      done,
      current: { ...current, process: reply.process, returned },
    });
    let taken = 0;
    for (const { name, id, place } of found.fresh) {
      if (names.length === request.first) break;
      taken += 1;
      if (onPage.has(id) || (already.length > 0 && isServed(already, calculateSlot(name)))) continue;
      onPage.add(id);
      const consumed = taken;
      names.push({
        name,
        position: () => at(found.through(place)),
        lastPosition: () => at(found.behind(consumed)),
      });
    }

    if (taken < found.fresh.length) return { names, next: at(found.behind(taken)), counts };
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
