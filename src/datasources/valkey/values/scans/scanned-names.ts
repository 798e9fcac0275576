import { digestOf, type ReturnedNames, type ReplyMark } from './scan-position.js';

/**
 * The names of one SCAN reply, ordered by their bytes. The order of the reply is not used because a resized hash table changes it.
 * Digests are calculated only for the requested positions.
 */
export class ScannedNames {
  /** The names that were not returned before, with their indexes among all names. */
  readonly fresh: readonly { readonly name: Buffer; readonly place: number }[];
  readonly #ordered: readonly Buffer[];
  readonly #count: number;
  readonly #before: readonly string[];
  #mark: ReplyMark | undefined;

  constructor(names: readonly Buffer[], count: number, returned: ReturnedNames) {
    this.#count = count;
    this.#ordered = inOrder(names);
    const all = this.#ordered.map((name, place) => ({ name, place }));
    if ('digests' in returned) {
      this.#before = returned.digests;
      const known = new Set(returned.digests);
      this.fresh = known.size === 0 ? all : all.filter(({ name }) => !known.has(digestOf(name)));
    } else {
      const skipped = returned.of.digest === this.#markOf().digest ? returned.first : 0;
      this.#before = this.#ordered.slice(0, skipped).map((name) => digestOf(name));
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
    const parts = (): (Buffer | string)[] => this.#ordered.flatMap((name) => [`${name.length}:`, name]);
    return (this.#mark ??= { digest: digestOf(...parts()), count: this.#count });
  }
}

/** Ordered by bytes, without duplicates: a reply may repeat a name. */
function inOrder(names: readonly Buffer[]): Buffer[] {
  const byText = new Map(names.map((name) => [name.toString('latin1'), name]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
