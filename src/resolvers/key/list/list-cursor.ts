import * as z from 'zod';
import { refuseCursor, writeCursor } from '../../shared/cursor.js';
import { readScopedCursor } from '../cursor-scope.js';

/** The place of an element in the order of reading, and whether that order begins at the tail. */
const elements = z.strictObject({ v: z.literal('elements2'), k: z.string(), p: z.int().min(0), r: z.boolean() });

export function elementCursor(scope: string, place: number, reverse: boolean): string {
  return writeCursor({ v: 'elements2', k: scope, p: place, r: reverse });
}

/** @throws ExpectedFailure INVALID_INPUT, also for a cursor of another list or the other order */
export function placeOfCursor(cursor: string, scope: string, reverse: boolean): number {
  const { p: place, r } = readScopedCursor(cursor, scope, elements);
  if (r !== reverse) throw refuseCursor();
  return place;
}
