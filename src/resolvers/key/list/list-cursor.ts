import * as z from 'zod';
import { readCursor, refuseCursor, writeCursor } from '../../shared/cursor.js';

/** The place of an element in the order of reading, and whether that order begins at the tail. */
const elements = z.strictObject({ v: z.literal('elements1'), p: z.int().min(0), r: z.boolean() });

export function elementCursor(place: number, reverse: boolean): string {
  return writeCursor({ v: 'elements1', p: place, r: reverse });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of the other order */
export function placeOfCursor(cursor: string, reverse: boolean): number {
  const { p: place, r } = readCursor(cursor, elements);
  if (r !== reverse) throw refuseCursor();
  return place;
}
