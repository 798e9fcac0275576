import * as z from 'zod';
import type { ListingPosition } from '../../datasources/valkey/values/scans/key-listing.js';
import {
  digestLength,
  isScanCursor,
  type ReturnedNames,
  type ScanPosition,
} from '../../datasources/valkey/values/scans/scan-position.js';
import { maxPerPlainScan } from '../../datasources/valkey/values/scans/scan-reply.js';
import { refuseCursor, writeCursor } from '../shared/cursor.js';
import { readScopedCursor } from './cursor-scope.js';
import { packSlots, unpackSlots } from './packed-slots.js';

/**
 * Cursors of pages from SCAN, HSCAN, SSCAN and ZSCAN: a reply and, after a dot, the names of it that were already returned. The first
 * part is encoded once for all names of a reply.
 */

const slots = z.string().transform((text, context) => {
  const ranges = unpackSlots(text);
  if (ranges) return ranges;
  context.addIssue('Expected slots.');
  return z.NEVER;
});
const digest = z.string().regex(/^[\w-]{0,8}$/);
/**
 * `k` is the cursor's scope. `r` identifies the reply whose first names were returned. Without it, the second part has digests of the
 * returned names.
 */
const scan = {
  k: digest,
  p: digest,
  c: z.string().refine(isScanCursor),
  r: z.tuple([digest, z.int().min(1).max(maxPerPlainScan)]).optional(),
};
const listing = z.strictObject({
  v: z.literal('keys5'),
  d: slots,
  s: slots.refine(({ length }) => length > 0).optional(),
  ...z.object(scan).partial().shape,
  k: digest,
});

/** Encodes the cursors of one page of the keys of a cluster. */
export function listingCursors(scope: string): (position: ListingPosition) => string {
  const reply = rememberLast((done: ListingPosition['done'], slots: ListingPosition['done'], ...scan: ScannedReply) =>
    writeCursor({ v: 'keys5', k: scope, d: packSlots(done), s: packSlots(slots), ...written(scan) }),
  );
  return ({ done, current }) => {
    if (!current) return `${writeCursor({ v: 'keys5', k: scope, d: packSlots(done) })}.`;
    return `${reply(done, current.slots, ...replyOf(current))}.${partOf(current.returned)}`;
  };
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another cluster */
export function listingOf(cursor: string, scope: string): ListingPosition {
  const [reply, part] = halvesOf(cursor);
  const { d: done, s: slots, p = '', c = '0', r } = readScopedCursor(reply, scope, listing);
  return slots ? { done, current: { slots, process: p, cursor: c, returned: returnedNamesOf(r, part) } } : { done };
}

/** The cursors of the elements of one type of collection. */
export interface ElementCursors {
  /** Encodes the cursors of one page of the key with this scope. */
  readonly cursors: (scope: string) => (position: ScanPosition) => string;
  /** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another key */
  readonly positionOf: (cursor: string, scope: string) => ScanPosition;
}

function elementCursors(version: string): ElementCursors {
  const elements = z.strictObject({ v: z.literal(version), ...scan });
  return {
    cursors(scope) {
      const reply = rememberLast((...scan: ScannedReply) => writeCursor({ v: version, k: scope, ...written(scan) }));
      return (position) => `${reply(...replyOf(position))}.${partOf(position.returned)}`;
    },
    positionOf(cursor, scope) {
      const [reply, part] = halvesOf(cursor);
      const { p, c, r } = readScopedCursor(reply, scope, elements);
      return { process: p, cursor: c, returned: returnedNamesOf(r, part) };
    },
  };
}

export const hashFieldCursors = elementCursors('fields5');
export const setMemberCursors = elementCursors('members2');
export const sortedSetMemberCursors = elementCursors('scoredMembers2');

type ScannedReply = readonly [process: string, cursor: string, digest: string | undefined, count: number];

function replyOf({ process, cursor, returned: returnedNames }: ScanPosition): ScannedReply {
  return 'of' in returnedNames
    ? [process, cursor, returnedNames.of.digest, returnedNames.of.count]
    : [process, cursor, undefined, 0];
}

function written([process, cursor, digest, count]: ScannedReply) {
  return { p: process, c: cursor, ...(digest !== undefined && { r: [digest, count] }) };
}

function partOf(returnedNames: ReturnedNames): string {
  return 'of' in returnedNames ? String(returnedNames.first) : returnedNames.digests.join('');
}

/** Cursors of every cluster are shorter, however its slots are distributed; longer ones are forged. */
const maxReplyLength = 8_000;
const maxDigests = 100_000;

function halvesOf(cursor: string): [reply: string, part: string] {
  const dot = cursor.indexOf('.');
  if (dot < 0 || dot > maxReplyLength) throw refuseCursor();
  return [cursor.slice(0, dot), cursor.slice(dot + 1)];
}

function returnedNamesOf(mark: readonly [digest: string, count: number] | undefined, part: string): ReturnedNames {
  if (mark) {
    if (!/^[1-9]\d{0,6}$/.test(part)) throw refuseCursor();
    const [digest, count] = mark;
    return { first: Number(part), of: { digest, count } };
  }
  if (part.length > digestLength * maxDigests || !/^(?:[\w-]{8})*$/.test(part)) throw refuseCursor();
  const digests = Array.from({ length: part.length / digestLength }, (_, at) =>
    part.slice(at * digestLength, (at + 1) * digestLength),
  );
  return { digests };
}

/** Returns the last text again if the parts are the same. */
function rememberLast<Parts extends readonly unknown[]>(write: (...parts: Parts) => string) {
  let last: Parts | undefined;
  let text = '';
  return (...parts: Parts): string => {
    if (!last?.every((part, at) => part === parts[at])) text = write(...parts);
    last = parts;
    return text;
  };
}
