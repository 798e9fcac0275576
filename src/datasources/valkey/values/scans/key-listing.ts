import { isDeepStrictEqual } from 'node:util';
import calculateSlot from 'cluster-key-slot';
import type { Endpoint } from '../../../../domain/cluster/cluster.js';
import { Outage } from '../../../../domain/errors.js';
import { keyTypeOf, typeNameOf, type KeyType } from '../../../../domain/key/key.js';
import { CommandError } from '../../command-error.js';
import { expectedFailure } from '../expected-failure.js';
import { intersect, isServed, lowestUnserved, union, type SlotRanges } from './slot-ranges.js';
import { createNameFilter } from './name-filter.js';
import type { ValkeyCommands, ValkeyNode } from '../../interfaces.js';
import { bytesOf, textOf } from '../../replies.js';
import { scanStart, type ReturnedNames, type ScanPosition } from './scan-position.js';
import { maxPerScan, scanOnce } from './scan-reply.js';
import { ScannedNames } from './scanned-names.js';
import { parseClusterSlots } from '../../connections/topology/topology.js';

/**
 * How far a listing of all shards has come. Slots, not nodes, are crossed off: whoever serves a slot that is not done is
 * scanned, so that slots which move to a shard that was scanned already are not missed.
 */
export interface ListingPosition {
  readonly done: SlotRanges;
  /** The scan under way, with the slots that its node served when it began. */
  readonly current?: (ScanPosition & { readonly slots: SlotRanges }) | undefined;
}

export const listingStart: ListingPosition = { done: [] };

export interface ListingRequest {
  readonly match?: Buffer | undefined;
  readonly type?: KeyType | undefined;
  /** Names of which it is false are passed over, as if they were not there. */
  readonly isListed: (name: Buffer) => boolean;
  readonly first: number;
  /** Keys looked at, about; bounds a page under a filter that lets little through. */
  readonly maxScanned: number;
}

interface ListedName {
  readonly name: Buffer;
  /** To go on after this name: of the same size for each name of a page. */
  readonly position: () => ListingPosition;
  /** The same for the last name of a page: it grows with the reply, and holds whatever changes meanwhile. */
  readonly lastPosition: () => ListingPosition;
}

export interface ListingPage {
  readonly names: readonly ListedName[];
  /** Undefined at the end. */
  readonly next: ListingPosition | undefined;
  readonly scanned: number;
}

/** One page: no name twice on it, and over all pages each name that was there throughout at least once. */
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
  let scanned = 0;
  let position = from;

  for (;;) {
    const step = nextScan(commands, position);
    if (!step) return { names, next: undefined, scanned };
    const { node, current } = step;
    const budget = request.first - names.length;
    if (budget === 0 || scanned >= request.maxScanned) return { names, next: { ...position, current }, scanned };

    const wanted = isFiltered ? maxPerScan : Math.min(Math.max(budget, 10), maxPerScan);
    const count = sameCount(current) ?? Math.min(wanted, request.maxScanned - scanned);
    const reply = await scanOnce((args) => node.send(args), scanArgs(current.cursor, count, filter.sent, typeName));
    if (current.process !== reply.process && current.cursor !== '0') {
      // Another process answers for these slots: its cursors are not those of the one before.
      position = { done: position.done };
      continue;
    }
    scanned += count;

    const matching = await filter.keep(reply.items.map(bytesOf));
    const listed = matching.filter(request.isListed);
    const ofType = request.type === 'OTHER' ? await ofUnknownType(commands, listed) : listed;
    const found = new ScannedNames(ofType, count, current.returned);
    const already = intersect(position.done, current.slots);
    const { done } = position;
    const at = (returned: ReturnedNames): ListingPosition => ({
      done,
      current: { ...current, process: reply.process, returned },
    });
    let taken = 0;
    for (const { name, place } of found.fresh) {
      if (names.length === request.first) break;
      taken += 1;
      const id = name.toString('latin1');
      if (onPage.has(id) || (already.length > 0 && isServed(already, calculateSlot(name)))) continue;
      onPage.add(id);
      const behind = taken;
      names.push({
        name,
        position: () => at(found.through(place)),
        lastPosition: () => at(found.behind(behind)),
      });
    }

    if (taken < found.fresh.length) return { names, next: at(found.behind(taken)), scanned };
    position =
      reply.cursor === '0'
        ? { done: union(done, intersect(current.slots, await servedNow(commands, node))) }
        : { done, current: { ...scanStart, process: reply.process, cursor: reply.cursor, slots: current.slots } };
  }
}

/** The scan to go on with, or to begin at the lowest slot that is not done; undefined where all are. */
function nextScan(commands: ValkeyCommands, { done, current }: ListingPosition) {
  const slot = current?.slots[0]?.[0] ?? lowestUnserved(done);
  if (slot === undefined) return undefined;
  const node = commands.primaries().find(({ slots }) => isServed(slots, slot));
  if (!node) throw new Outage('CLUSTER_UNAVAILABLE', `No node of the cluster serves hash slot ${slot} now.`);
  return { node, current: current ?? { ...scanStart, slots: node.slots } };
}

/** Those of a type that SCAN cannot be asked for, as modules name theirs. One whose type is denied is left out, as if it could not be read. */
async function ofUnknownType(commands: ValkeyCommands, names: readonly Buffer[]): Promise<readonly Buffer[]> {
  const types = await Promise.all(
    names.map((name) =>
      commands.send({ args: ['TYPE', name], key: name }).then(textOf, (error: unknown) => {
        if (error instanceof CommandError && error.prefix === 'NOPERM') return 'none';
        throw expectedFailure(error);
      }),
    ),
  );
  return names.filter((_, at) => types[at] !== 'none' && keyTypeOf(types[at] ?? '') === 'OTHER');
}

/** The slots that a node says it serves, which may be news: a scan meets no redirection that would tell. */
async function servedNow(commands: ValkeyCommands, node: ValkeyNode): Promise<SlotRanges> {
  if (lowestUnserved(node.slots) === undefined) return node.slots;
  const isNode = ({ host, port }: Endpoint): boolean => host === node.endpoint.host && port === node.endpoint.port;
  const reply = await node.send(['CLUSTER', 'SLOTS']).catch(() => null);
  const told =
    reply === null ? undefined : parseClusterSlots(reply, node.endpoint).find(({ primary }) => isNode(primary));
  if (!told) return node.slots;
  if (!isDeepStrictEqual(told.ranges, node.slots)) await commands.refreshTopology();
  return told.ranges;
}

/** COUNT of the scan whose reply is asked for again. */
function sameCount({ returned }: ScanPosition): number | undefined {
  return 'of' in returned ? returned.of.count : undefined;
}

function scanArgs(
  cursor: string,
  count: number,
  match: Buffer | undefined,
  typeName: string | undefined,
): [string, ...(string | Buffer)[]] {
  return [
    'SCAN',
    cursor,
    ...(match ? ['MATCH', match] : []),
    'COUNT',
    String(count),
    ...(typeName === undefined ? [] : ['TYPE', typeName]),
  ];
}
