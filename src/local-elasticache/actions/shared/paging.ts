import { invalidInput } from '../../../domain/errors.js';

interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxRecords?: number | undefined;
}

interface Page<Item> {
  readonly items: readonly Item[];
  /** Where the next page begins; undefined with the last. */
  readonly marker: string | undefined;
}

/**
 * One page of a listing, in the order of `keyOf`. The marker is the last key given out, so that a page neither repeats nor
 * misses what stands while others come and go.
 * @throws ExpectedFailure where MaxRecords is not within `fewest` and 100, or the marker is none of ours.
 */
export function pageOf<Item>(
  all: readonly Item[],
  keyOf: (item: Item) => string,
  { Marker, MaxRecords = 100 }: PageRequest,
  fewest = 20,
): Page<Item> {
  if (MaxRecords < fewest || MaxRecords > 100) {
    throw invalidInput(`Invalid value ${MaxRecords} for MaxRecords. Must be between ${fewest} and 100.`);
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
  throw invalidInput('Invalid Marker. Expected the one that the page before has given.');
}
