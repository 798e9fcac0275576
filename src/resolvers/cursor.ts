import { z } from 'zod';
import { isScanCursor, type ScanPosition } from '../datasources/valkey/scan-position.js';
import type { ListingPosition } from '../datasources/valkey/key-listing.js';
import { isStreamId } from '../domain/stream-id.js';
import { invalidInput } from '../domain/errors.js';

/** Cursors as clients see them: opaque, with a version, and without a word of hosts. A cursor of another kind is refused. */

const range = z.tuple([z.int().min(0).max(16_383), z.int().min(0).max(16_383)]);
const digest = z.string().regex(/^[\w-]{0,8}$/);
const scan = { p: digest, c: z.string().refine(isScanCursor), n: z.array(digest).max(100_000) };
const listing = z.strictObject({
  v: z.literal('keys1'),
  d: z.array(range),
  s: z.array(range).min(1).optional(),
  ...optional(scan),
});
const fields = z.strictObject({ v: z.literal('fields1'), ...scan });
const entries = z.strictObject({ v: z.literal('entries1'), i: z.string().refine(isStreamId) });
const pending = z.strictObject({ v: z.literal('pending1'), i: z.string().refine(isStreamId) });

function optional<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).partial().shape;
}

export function listingCursor({ done, current }: ListingPosition): string {
  const scanning = current && { s: current.slots, p: current.process, c: current.cursor, n: current.seen };
  return write({ v: 'keys1', d: done, ...scanning });
}

export function listingOf(cursor: string): ListingPosition {
  const { d: done, s: slots, p: process = '', c = '0', n: seen = [] } = read(cursor, listing);
  return slots ? { done, current: { slots, process, cursor: c, seen } } : { done };
}

export function fieldsCursor({ process, cursor, seen }: ScanPosition): string {
  return write({ v: 'fields1', p: process, c: cursor, n: seen });
}

export function fieldsPositionOf(cursor: string): ScanPosition {
  const { p, c, n } = read(cursor, fields);
  return { process: p, cursor: c, seen: n };
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
