import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import { ListedKey } from '../../datasources/valkey/values/keys/listed-key.js';
import { createEveryKeyCheck, mayReadAll } from '../../datasources/valkey/values/keys/readable-keys.js';
import { listingStart, listKeys, type ScannedKeys } from '../../datasources/valkey/values/scans/key-listing.js';
import type { Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import type { KeyType } from '../../domain/key/key.js';
import { requirePermission, hasPermission, type PermissionContext } from '../shared/access.js';
import { checkFirst, readMatch } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { readKey, type KeySelection } from './key-selection.js';
import { everyKey } from './keys.js';
import { unreadable } from './readable-keys.js';
import { pageOfScan, type Page } from '../shared/page.js';
import { cursorScope } from './cursor-scope.js';
import { listingCursors, listingOf } from './scan-cursor.js';

const maxScannedKeys = 1_000_000;

export interface KeyListingArgs {
  readonly match?: string | null | undefined;
  readonly encoding: Encoding;
  readonly type?: KeyType | null | undefined;
  readonly first: number;
  readonly after?: string | null | undefined;
  readonly maxScanned: number;
}

export interface KeyPage extends Page<KeySnapshot> {
  readonly scanned: number;
}

/** One page of the keys of all shards, without keys that no longer exist or that the caller or this API's Valkey user may not read. */
export async function keyListing(
  context: Context,
  cluster: string,
  args: KeyListingArgs,
  selection: KeySelection & { readonly hasCursors: boolean },
): Promise<KeyPage> {
  const { first, after, type, maxScanned } = args;
  const { hasCursors } = selection;
  requirePermission(context, 'keys:read', { cluster });
  checkFirst(first);
  checkMaxScanned(maxScanned);
  const scope = cursorScope({ cluster });
  const from = after == null ? listingStart : listingOf(after, scope);
  const check = createEveryKeyCheck();
  const request = {
    first,
    maxScanned,
    isListed: isReadable(context, cluster),
    match: readMatch(context, args),
    type: type ?? undefined,
    isOrdered: hasCursors,
    endsWithReply: true,
    signal: context.signal,
    ...(selection.isNameOnly && { onScan: check.ask }),
  };
  const commands = await context.connections.commands(cluster);
  const page = await listKeys(commands, from, request);
  const names = page.names.map(({ name }) => name);
  const positions = { next: page.next, after };
  const scanned = readableScanned(context, cluster, page.counts);
  if (selection.isNameOnly && ((await check.holds()) || (await mayReadAll(commands, names)))) {
    const common = { cluster, commands, type: type ?? anyType };
    const keys = names.map((name) => new ListedKey(name, common));
    return { ...pageOfScan(keys, page.names, positions, listingCursors(scope)), scanned };
  }
  const readings = await Promise.all(names.map((name) => readKey(context, cluster, name, selection).catch(unreadable)));
  const found = page.names.flatMap((name, index) => {
    const key = readings[index];
    return key && (type == null || key.type === type) ? [{ name, key }] : [];
  });
  const keys = found.map(({ key }) => key);
  const foundNames = found.map(({ name }) => name);
  return { ...pageOfScan(keys, foundNames, positions, listingCursors(scope)), scanned };
}

/** The type of keys of which only the name is selected, whatever type they have. */
const anyType: KeyType = 'OTHER';

/** @throws ExpectedFailure INVALID_INPUT at `maxScanned` */
export function checkMaxScanned(maxScanned: number): void {
  if (maxScanned >= 1 && maxScanned <= maxScannedKeys) return;
  throw invalidInput(`Expected 1 to ${maxScannedKeys}, got ${maxScanned}.`, ['maxScanned']);
}

/** Decides which of the scanned keys the caller may read. */
export function isReadable(context: PermissionContext, cluster: string): (key: Buffer) => boolean {
  if (!hasPermission(context, 'keys:read', { cluster, keyPattern: everyKey })) {
    return (key) => hasPermission(context, 'keys:read', { cluster, key });
  }
  const { isOwn } = context.realtime;
  return hasPermission(context, 'clusters:admin', { cluster }) ? () => true : (key) => !isOwn(key);
}

/** As for `keyCount`, the number of keys that the caller may not read is not revealed. */
export function readableScanned(context: PermissionContext, cluster: string, { scanned, listed }: ScannedKeys): number {
  return hasPermission(context, 'keys:read', { cluster, keyPattern: everyKey }) ? scanned : listed;
}
