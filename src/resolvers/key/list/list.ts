import { readElement, readRange, type ListElement } from '../../../datasources/valkey/values/list/list.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { checkFirst } from '../../shared/checks.js';
import { pageOf, type Page, type PageRequest } from '../../shared/page.js';
import { cursorScope } from '../cursor-scope.js';
import { elementCursor, placeOfCursor } from './list-cursor.js';

export interface ListElementsArgs extends PageRequest {
  readonly start: number;
  readonly reverse: boolean;
}

/** @throws ExpectedFailure INVALID_INPUT */
export async function listElements(
  reading: KeySnapshot,
  { first, after, start, reverse }: ListElementsArgs,
): Promise<Page<ListElement>> {
  checkFirst(first);
  const scope = cursorScope(reading);
  const from = after == null ? start : placeOfCursor(after, scope, reverse) + 1;
  const found = await readRange(reading, { start: from, count: first + 1, reverse });
  return pageOf(found, { first, after }, ({ place }) => elementCursor(scope, place, reverse));
}

export function listElement(reading: KeySnapshot, { index }: { readonly index: number }): Promise<ListElement | null> {
  return readElement(reading, index);
}
