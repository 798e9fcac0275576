import { z } from 'zod';
import type { ListingPosition } from '../datasources/valkey/key-listing.js';
import { digestLength, isScanCursor, type ScanPosition } from '../datasources/valkey/scan-position.js';
import { mostPerScan } from '../datasources/valkey/scan-reply.js';
import { readCursor, writeCursor } from './cursor.js';
import { packSlots, unpackSlots } from './packed-slots.js';

/** Cursors of pages that come from SCAN and HSCAN. */

const slots = z.string().transform((text, context) => {
  const ranges = unpackSlots(text);
  if (ranges) return ranges;
  context.addIssue('Expected slots.');
  return z.NEVER;
});
const digest = z.string().regex(/^[\w-]{0,8}$/);
const digests = z
  .string()
  .max(digestLength * 100_000)
  .regex(/^(?:[\w-]{8})*$/);
/** `n` is what was handed out: digests of names one after another, or `[digest, count]` of the last one. */
const scan = {
  p: digest,
  c: z.string().refine(isScanCursor),
  n: z.union([digests, z.tuple([digest, z.int().min(1).max(mostPerScan)])]),
};
const listing = z.strictObject({
  v: z.literal('keys3'),
  d: slots,
  s: slots.refine(({ length }) => length > 0).optional(),
  ...z.object(scan).partial().shape,
});
const fields = z.strictObject({ v: z.literal('fields3'), ...scan });

export function listingCursor({ done, current }: ListingPosition): string {
  const scanned = current && { s: packSlots(current.slots), ...scanOf(current) };
  return writeCursor({ v: 'keys3', d: packSlots(done), ...scanned });
}

/** @throws ExpectedFailure INVALID_INPUT */
export function listingOf(cursor: string): ListingPosition {
  const { d: done, s: slots, p = '', c = '0', n = '' } = readCursor(cursor, listing);
  return slots ? { done, current: { slots, ...positionOf({ p, c, n }) } } : { done };
}

export function fieldsCursor(position: ScanPosition): string {
  return writeCursor({ v: 'fields3', ...scanOf(position) });
}

/** @throws ExpectedFailure INVALID_INPUT */
export function fieldsPositionOf(cursor: string): ScanPosition {
  return positionOf(readCursor(cursor, fields));
}

interface WrittenScan {
  readonly p: string;
  readonly c: string;
  readonly n: string | readonly [digest: string, count: number];
}

function scanOf({ process, cursor, handedOut }: ScanPosition): WrittenScan {
  const n =
    'digests' in handedOut
      ? handedOut.digests.join('')
      : ([handedOut.through.digest, handedOut.through.count] as const);
  return { p: process, c: cursor, n };
}

function positionOf({ p, c, n }: WrittenScan): ScanPosition {
  if (typeof n === 'string') return { process: p, cursor: c, handedOut: { digests: split(n) } };
  const [digest, count] = n;
  return { process: p, cursor: c, handedOut: { through: { digest, count } } };
}

function split(digests: string): string[] {
  return Array.from({ length: digests.length / digestLength }, (_, at) =>
    digests.slice(at * digestLength, (at + 1) * digestLength),
  );
}
