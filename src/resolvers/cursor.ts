import { z } from 'zod';
import { digestLength, isScanCursor, type HandedOut, type ScanPosition } from '../datasources/valkey/scan-position.js';
import type { ListingPosition } from '../datasources/valkey/key-listing.js';
import { union } from '../datasources/valkey/slot-ranges.js';
import { mostPerScan } from '../datasources/valkey/scan-reply.js';
import { isStreamId } from '../domain/stream-id.js';
import { invalidInput } from '../domain/errors.js';

/** Cursors as clients see them: opaque, with a version, and without a word of hosts. A cursor of another kind is refused. */

const range = z.tuple([z.int().min(0).max(16_383), z.int().min(0).max(16_383)]);
const digest = z.string().regex(/^[\w-]{0,8}$/);
const digests = z
  .string()
  .max(digestLength * 100_000)
  .regex(/^(?:[\w-]{8})*$/);
/** `n` is what was handed out: digests of names one after another, or `[length, digest, count]` of the first ones. */
const scan = {
  p: digest,
  c: z.string().refine(isScanCursor),
  n: z.union([digests, z.tuple([z.int().min(1).max(1_000_000), digest, z.int().min(1).max(mostPerScan)])]),
};
/**
 * Merged, since clients may send whatever they like, and at most as many as the slots of a cluster fall into in practice: each edge of
 * a page repeats them.
 */
const ranges = z
  .array(range)
  .max(512)
  .transform((all) => union(all, []));
const listing = z.strictObject({
  v: z.literal('keys2'),
  d: ranges,
  s: ranges.refine(({ length }) => length > 0).optional(),
  ...optional(scan),
});
const fields = z.strictObject({ v: z.literal('fields2'), ...scan });
const entries = z.strictObject({ v: z.literal('entries1'), i: z.string().refine(isStreamId) });
const pending = z.strictObject({ v: z.literal('pending1'), i: z.string().refine(isStreamId) });

function optional<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).partial().shape;
}

export function listingCursor({ done, current }: ListingPosition): string {
  return write({ v: 'keys2', d: done, ...(current && { s: current.slots, ...scanOf(current) }) });
}

export function listingOf(cursor: string): ListingPosition {
  const { d: done, s: slots, p = '', c = '0', n = '' } = read(cursor, listing);
  return slots ? { done, current: { slots, ...positionOf({ p, c, n }) } } : { done };
}

export function fieldsCursor(position: ScanPosition): string {
  return write({ v: 'fields2', ...scanOf(position) });
}

export function fieldsPositionOf(cursor: string): ScanPosition {
  return positionOf(read(cursor, fields));
}

interface WrittenScan {
  readonly p: string;
  readonly c: string;
  readonly n: string | readonly [length: number, digest: string, count: number];
}

function scanOf({ process, cursor, handedOut }: ScanPosition): WrittenScan {
  const n =
    'digests' in handedOut
      ? handedOut.digests.join('')
      : ([handedOut.first.length, handedOut.first.digest, handedOut.first.count] as const);
  return { p: process, c: cursor, n };
}

function positionOf({ p, c, n }: WrittenScan): ScanPosition {
  return { process: p, cursor: c, handedOut: typeof n === 'string' ? { digests: split(n) } : firstNames(n) };
}

function firstNames([length, digest, count]: Exclude<WrittenScan['n'], string>): HandedOut {
  return { first: { length, digest, count } };
}

function split(digests: string): string[] {
  return Array.from({ length: digests.length / digestLength }, (_, at) =>
    digests.slice(at * digestLength, (at + 1) * digestLength),
  );
}

export function entryCursor(id: string): string {
  return write({ v: 'entries1', i: id });
}

export function entryIdOf(cursor: string): string {
  return read(cursor, entries).i;
}

export function pendingCursor(id: string): string {
  return write({ v: 'pending1', i: id });
}

export function pendingIdOf(cursor: string): string {
  return read(cursor, pending).i;
}

function write(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

function read<Content>(cursor: string, shape: z.ZodType<Content>): Content {
  const parsed = shape.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw invalidInput('Expected a cursor of an earlier page of the same connection.', ['after']);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
