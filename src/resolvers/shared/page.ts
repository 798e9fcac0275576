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

/** The positions from which a scan continues after an item. */
interface Positions<Position> {
  readonly position: () => Position;
  readonly lastPosition: () => Position;
}

/**
 * A page of a scan: its items, and the positions of each. Cursors are encoded only if they are selected. The last one is that of
 * `pageInfo`, which stays valid whatever changes; the others are short, so that a page with n cursors is not n times as large as the last.
 */
export function pageOfScan<Item, Position>(
  items: readonly Item[],
  positions: readonly Positions<Position>[],
  { next, after }: { readonly next: Position | undefined; readonly after: string | null | undefined },
  write: (position: Position) => string,
): Page<Item> {
  const cursors = new ScanCursors(positions, next, write);
  return {
    edges: items.map((item, index) => new ScannedEdge(item, index, cursors)),
    pageInfo: new ScanPageInfo(next !== undefined, after != null, cursors),
  };
}

class ScanCursors<Position> {
  readonly #positions: readonly Positions<Position>[];
  readonly #next: Position | undefined;
  readonly #write: (position: Position) => string;
  #last: string | null | undefined;

  constructor(
    positions: readonly Positions<Position>[],
    next: Position | undefined,
    write: (position: Position) => string,
  ) {
    this.#positions = positions;
    this.#next = next;
    this.#write = write;
  }

  /** Null if the page is empty and the last. */
  last(): string | null {
    if (this.#last === undefined) {
      const position = this.#next ?? this.#positions.at(-1)?.lastPosition();
      this.#last = position === undefined ? null : this.#write(position);
    }
    return this.#last;
  }

  at(index: number): string | null {
    const position = this.#positions[index];
    if (!position) return null;
    return (index === this.#positions.length - 1 ? this.last() : null) ?? this.#write(position.position());
  }
}

// Both are classes. An object literal with an accessor has a hidden class of its own: it is slow to create, and what its accessor can
// reach, the whole page, is only freed when V8 collects the old generation.

class ScanPageInfo<Position> {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly #cursors: ScanCursors<Position>;

  constructor(hasNextPage: boolean, hasPreviousPage: boolean, cursors: ScanCursors<Position>) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = hasPreviousPage;
    this.#cursors = cursors;
  }

  get startCursor(): string | null {
    return this.#cursors.at(0);
  }

  get endCursor(): string | null {
    return this.#cursors.last();
  }
}

class ScannedEdge<Item, Position> {
  readonly node: Item;
  readonly #index: number;
  readonly #cursors: ScanCursors<Position>;

  constructor(node: Item, index: number, cursors: ScanCursors<Position>) {
    this.node = node;
    this.#index = index;
    this.#cursors = cursors;
  }

  get cursor(): string {
    return this.#cursors.at(this.#index) ?? '';
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
