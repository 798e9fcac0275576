import type { Collection, CollectionType } from './collections.js';
import { createElementScan } from './element-scan.js';
import { scanStart, type ScanPosition } from './scan-position.js';
import { maxPerScan } from './scan-reply.js';
import { ScannedNames } from './scanned-names.js';

interface ListedElement<Element> {
  readonly element: Element;
  /** The position after this element. Its size is the same for each element of a page. */
  readonly position: () => ScanPosition;
  /** The position after this element if it is the last of its page. It grows with the reply, and stays valid if the collection changes. */
  readonly lastPosition: () => ScanPosition;
}

export interface ElementPage<Element> {
  readonly elements: readonly ListedElement<Element>[];
  /** Undefined at the end. */
  readonly next: ScanPosition | undefined;
}

/** About how many elements are scanned for one page. A pattern may match few elements of a large collection, or none. */
const maxScannedElements = 10_000;

/**
 * Reads one page with HSCAN, SSCAN or ZSCAN. A page has no duplicates. All pages together have each element at least once that existed
 * throughout.
 */
export async function listElements<Element>(
  collection: Collection,
  type: CollectionType<Element>,
  from: ScanPosition,
  { first, match }: { readonly first: number; readonly match?: Buffer | undefined },
): Promise<ElementPage<Element>> {
  const listed = new Map<string, ListedElement<Element>>();
  const scan = createElementScan(collection, type, match);
  let position = from;
  let scanned = 0;
  for (;;) {
    const { returned } = position;
    const idealCount = match ? maxPerScan : Math.min(Math.max(first - listed.size, 10), maxPerScan);
    const count = 'of' in returned ? returned.of.count : idealCount;
    const reply = await scan(position.cursor, count);
    if (position.process !== reply.process && position.cursor !== '0') {
      position = scanStart;
      continue;
    }
    scanned += count;
    const { cursor } = position;
    const names = reply.elements.map(type.nameOf);
    const byName = new Map(names.map((name, index) => [name.toString('latin1'), reply.elements[index]]));
    const found = new ScannedNames<ScanPosition>({
      names,
      count,
      returned,
      at: (behind) => ({ process: reply.process, cursor, returned: behind }),
      isOrdered: true,
    });
    let taken = 0;
    for (const name of found.fresh) {
      if (listed.size === first) break;
      taken += 1;
      const element = byName.get(name.id);
      if (element === undefined || listed.has(name.id)) continue;
      listed.set(name.id, {
        element,
        position: () => name.position(),
        lastPosition: () => name.lastPosition(),
      });
    }

    const elements = [...listed.values()];
    if (taken < found.fresh.length) return { elements, next: found.behind(taken) };
    if (reply.cursor === '0') return { elements, next: undefined };
    position = { ...scanStart, process: reply.process, cursor: reply.cursor };
    if (listed.size >= first || scanned >= maxScannedElements) return { elements, next: position };
  }
}
