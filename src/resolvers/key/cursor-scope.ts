import { digestOf } from '../../datasources/valkey/values/scans/scan-position.js';
import { readCursor, refuseCursor } from '../shared/cursor.js';
import type * as z from 'zod';

/** Identifies the key, or without a name the cluster, to whose pages a cursor belongs. Another one refuses it. */
export function cursorScope({ cluster, name }: { readonly cluster: string; readonly name?: Buffer }): string {
  return digestOf(cluster.toLowerCase(), '/', name ?? '');
}

/** @throws ExpectedFailure INVALID_INPUT if the cursor does not have this shape, or belongs to another scope */
export function readScopedCursor<Content extends { readonly k: string }>(
  cursor: string,
  scope: string,
  shape: z.ZodType<Content>,
): Content {
  const content = readCursor(cursor, shape);
  if (content.k !== scope) throw refuseCursor();
  return content;
}
