import * as z from 'zod';
import { isStreamId } from '../../domain/realtime/stream-id.js';
import { invalidInput, type ExpectedFailure } from '../../domain/errors.js';

/** Cursors are opaque to clients. They name their version and kind, so that other cursors are refused, and contain no hosts. */

const entries = z.strictObject({ v: z.literal('entries1'), i: z.string().refine(isStreamId) });
const pending = z.strictObject({ v: z.literal('pending1'), i: z.string().refine(isStreamId) });

export function entryCursor(id: string): string {
  return writeCursor({ v: 'entries1', i: id });
}

export function entryIdOf(cursor: string): string {
  return readCursor(cursor, entries).i;
}

export function pendingCursor(id: string): string {
  return writeCursor({ v: 'pending1', i: id });
}

export function pendingIdOf(cursor: string): string {
  return readCursor(cursor, pending).i;
}

export function writeCursor(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}

/** @throws ExpectedFailure INVALID_INPUT if the cursor does not have this shape */
export function readCursor<Content>(cursor: string, shape: z.ZodType<Content>): Content {
  const parsed = shape.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw refuseCursor();
}

export function refuseCursor(): ExpectedFailure {
  return invalidInput('Expected a cursor of an earlier page of the same connection.', ['after']);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
