import { invalidInput } from '../../../domain/errors.js';

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxRecords?: number | undefined;
}

interface Page<Item> {
  readonly items: readonly Item[];
  /** The marker of the next page; undefined for the last page. */
  readonly marker: string | undefined;
}

/**
 * Returns one page of a listing, in the order of `keyOf`. The marker is the last key of the page, so that concurrent
 * changes neither repeat nor hide other items.
 * @throws ExpectedFailure if MaxRecords is not between `minimum` and 100, or if this function did not create the marker
 */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { Marker, MaxRecords = 100 }: PageRequest,
  minimum = 20,
): Page<Item> {
  if (MaxRecords < minimum || MaxRecords > 100) {
    throw invalidInput(`Invalid value ${MaxRecords} for MaxRecords. Must be between ${minimum} and 100.`);
  }
  const sorted = all.map((item) => ({ key: keyOf(item), item })).sort((a, b) => compare(a.key, b.key));
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const rest = after === undefined ? sorted : sorted.filter(({ key }) => compare(key, after) > 0);
  const page = rest.slice(0, MaxRecords);
  const last = page.at(-1);
  return {
    items: page.map(({ item }) => item),
    marker: last && rest.length > page.length ? Buffer.from(`after:${last.key}`).toString('base64url') : undefined,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64url').toString('utf8');
  if (text.startsWith('after:')) return text.slice('after:'.length);
  throw invalidInput('Invalid Marker. Expected the marker of the previous page.');
}
