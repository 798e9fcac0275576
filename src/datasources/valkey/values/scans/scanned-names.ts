import { digestOf, type ReturnedNames, type ReplyMark } from './scan-position.js';

/** A name with the text that identifies it, and its index among all names of the reply. */
interface ScannedName {
  readonly name: Buffer;
  readonly id: string;
  readonly place: number;
}

/**
 * The names of one SCAN reply, ordered by their bytes. The order of the reply is not used because a resized hash table changes it.
 * Digests are calculated only for the requested positions.
 */
export class ScannedNames {
  /** The names that were not returned before. */
  readonly fresh: readonly ScannedName[];
  readonly #ordered: readonly ScannedName[];
  readonly #count: number;
  readonly #before: readonly string[];
  #mark: ReplyMark | undefined;

  constructor(names: readonly Buffer[], count: number, returned: ReturnedNames) {
    this.#count = count;
    const all = inOrder(names);
    this.#ordered = all;
    if ('digests' in returned) {
      this.#before = returned.digests;
      const known = new Set(returned.digests);
      this.fresh = known.size === 0 ? all : all.filter(({ name }) => !known.has(digestOf(name)));
    } else {
      const skipped = returned.of.digest === this.#markOf().digest ? returned.first : 0;
      this.#before = all.slice(0, skipped).map(({ name }) => digestOf(name));
      this.fresh = all.slice(skipped);
    }
  }

  /** The position after the name at an index, in the form whose size does not grow with the page. */
  through(place: number): ReturnedNames {
    return { first: place + 1, of: this.#markOf() };
  }

  /** The position after the first `freshCount` fresh names, in the form that stays valid if the reply changes. */
  behind(freshCount: number): ReturnedNames {
    return { digests: [...this.#before, ...this.fresh.slice(0, freshCount).map(({ name }) => digestOf(name))] };
  }

  #markOf(): ReplyMark {
    const parts = (): (Buffer | string)[] => this.#ordered.flatMap(({ name }) => [`${name.length}:`, name]);
    return (this.#mark ??= { digest: digestOf(...parts()), count: this.#count });
  }
}

/** Ordered by bytes, without duplicates: a reply may repeat a name. */
function inOrder(names: readonly Buffer[]): ScannedName[] {
  const sorted = names.map((name) => ({ name, id: name.toString('latin1') })).sort((a, b) => compare(a.id, b.id));
  const distinct = sorted.filter(({ id }, at) => id !== sorted[at - 1]?.id);
  return distinct.map(({ name, id }, place) => ({ name, id, place }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
