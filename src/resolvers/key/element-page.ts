import type { CollectionType } from '../../datasources/valkey/values/scans/collections.js';
import { listElements } from '../../datasources/valkey/values/scans/element-listing.js';
import { scanStart, type ScanPosition } from '../../datasources/valkey/values/scans/scan-position.js';
import type { KeySnapshot } from '../../datasources/valkey/values/keys/key-snapshot.js';
import type { Encoding } from '../../domain/encoding.js';
import { checkFirst, readMatch } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { pageOfScan, type Page, type PageRequest } from '../shared/page.js';
import { cursorScope } from './cursor-scope.js';
import type { ElementCursors } from './scan-cursor.js';

export interface ElementsArgs extends PageRequest {
  readonly match?: string | null | undefined;
  readonly encoding: Encoding;
}

/**
 * A page of the elements of a hash, a set or a sorted set, in no order.
 * @throws ExpectedFailure INVALID_INPUT
 */
export async function pageOfElements<Element>(
  reading: KeySnapshot,
  type: CollectionType<Element>,
  { cursors, positionOf }: ElementCursors,
  args: ElementsArgs,
  context: Pick<Context, 'patterns'>,
): Promise<Page<Element>> {
  const { first, after } = args;
  checkFirst(first);
  const match = readMatch(context, args);
  const scope = cursorScope(reading);
  const from = after == null ? scanStart : positionOf(after, scope);
  const { elements, next } = await listElements(reading, type, from, { first, match });
  const items = elements.map(({ element }) => element);
  return pageOfScan<Element, ScanPosition>(items, elements, { next, after }, cursors(scope));
}
