import { invalidInput } from '../../domain/errors.js';
import { checkFirst } from './checks.js';

export interface PageRequest {
  /** The most items on the page, 1 to 1000. */
  readonly first: number;
  /** The cursor after which the page begins. */
  readonly after?: string | null | undefined;
}

export interface Page<Item> {
  readonly edges: readonly { readonly cursor: string; readonly node: Item }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/**
 * A page of items, ordered by name. A cursor is a name, so that paging continues at the same place even if items were created or
 * deleted.
 * @throws ExpectedFailure INVALID_INPUT if `first` is out of range or the cursor is of another connection
 */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { first, after }: PageRequest,
): Page<Item> {
  checkFirst(first);
  const last = after == null ? undefined : nameOfCursor(after);
  const sorted = items.toSorted((a, b) => compare(nameOf(a), nameOf(b)));
  const rest = last === undefined ? sorted : sorted.filter((item) => compare(nameOf(item), last) > 0);
  return pageOf(rest, { first, after }, (item) => cursorOf(nameOf(item)));
}

/** A page of the items that were found after its start. If one more than `first` was found, there is a next page. */
export function pageOf<Item>(
  found: readonly Item[],
  { first, after }: PageRequest,
  cursorOfItem: (item: Item) => string,
): Page<Item> {
  const edges = found.slice(0, first).map((node) => ({ cursor: cursorOfItem(node), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: found.length > first,
      hasPreviousPage: after != null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** An item of a scan, with the positions from which the scan continues after it. */
interface Scanned<Item, Position> {
  readonly node: Item;
  readonly position: () => Position;
  readonly lastPosition: () => Position;
}

/**
 * A page of a scan. Cursors are encoded only if they are selected. The last one is that of `pageInfo`, which stays valid whatever
 * changes; the others are short, so that a page with n cursors is not n times as large as the last.
 */
export function pageOfScan<Item, Position>(
  found: readonly Scanned<Item, Position>[],
  { next, after }: { readonly next: Position | undefined; readonly after: string | null | undefined },
  write: (position: Position) => string,
): Page<Item> {
  let written: string | null | undefined;
  const last = (): string | null => {
    const position = next ?? found.at(-1)?.lastPosition();
    return (written ??= position === undefined ? null : write(position));
  };
  const cursorOf = ({ position }: Scanned<Item, Position>, isLast: boolean): string =>
    (isLast ? last() : null) ?? write(position());
  const edges = found.map((item, index) => new ScannedEdge(item, index === found.length - 1, cursorOf));
  return {
    edges,
    pageInfo: {
      hasNextPage: next !== undefined,
      hasPreviousPage: after != null,
      get startCursor() {
        return edges.at(0)?.cursor ?? null;
      },
      get endCursor() {
        return last();
      },
    },
  };
}

/** An edge of a page of a scan. A class, because pages are long, and an accessor of its own makes each object slow to create. */
class ScannedEdge<Item, Position> {
  readonly node: Item;
  readonly #item: Scanned<Item, Position>;
  readonly #isLast: boolean;
  readonly #cursorOf: (item: Scanned<Item, Position>, isLast: boolean) => string;

  constructor(
    item: Scanned<Item, Position>,
    isLast: boolean,
    cursorOf: (item: Scanned<Item, Position>, isLast: boolean) => string,
  ) {
    this.node = item.node;
    this.#item = item;
    this.#isLast = isLast;
    this.#cursorOf = cursorOf;
  }

  get cursor(): string {
    return this.#cursorOf(this.#item, this.#isLast);
  }
}

/** By code units, which do not depend on the locale. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const prefix = 'name:';

function cursorOf(name: string): string {
  return Buffer.from(`${prefix}${name}`).toString('base64url');
}

function nameOfCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (text.startsWith(prefix)) return text.slice(prefix.length);
  throw invalidInput('Expected a cursor of an earlier page.', ['after']);
}
