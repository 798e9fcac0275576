import { invalidInput } from '../domain/errors.js';

export interface PageRequest {
  /** How many at most, 1 to 1000. */
  readonly first: number;
  /** The cursor that the page comes after. */
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

const longest = 1000;

/**
 * A page of named things in the order of their names. A cursor is a name, so that paging goes on at the same place
 * whatever was made or deleted meanwhile.
 * @throws ExpectedFailure INVALID_INPUT for a `first` out of range or a cursor that this did not make.
 */
export function pageByName<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
  { first, after }: PageRequest,
): Page<Item> {
  if (first < 1 || first > longest) throw invalidInput(`Expected 1 to ${longest}, got ${first}.`, ['first']);
  const last = after == null ? undefined : nameOfCursor(after);
  const sorted = items.toSorted((a, b) => compare(nameOf(a), nameOf(b)));
  const rest = last === undefined ? sorted : sorted.filter((item) => compare(nameOf(item), last) > 0);
  const edges = rest.slice(0, first).map((node) => ({ cursor: cursorOf(nameOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rest.length > first,
      hasPreviousPage: rest.length < sorted.length,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** By code units, which no locale changes. */
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
