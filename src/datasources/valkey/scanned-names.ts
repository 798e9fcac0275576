import { digestOf, type FirstNames, type HandedOut } from './scan-position.js';

/**
 * The names of one SCAN reply. They are handed out in an order of their own, so that the order of the reply, which a resized
 * table changes, does not matter. Positions cost one digest a name, and only those that are asked for.
 */
export class ScannedNames {
  /** Those that were not handed out before, with their places among all. */
  readonly fresh: readonly { readonly name: Buffer; readonly place: number }[];
  readonly #ordered: readonly Buffer[];
  readonly #count: number;
  /** Digests of the first names together, by how many; as far as they were asked for. */
  readonly #together: string[] = [''];
  readonly #before: readonly string[];

  constructor(names: readonly Buffer[], count: number, handedOut: HandedOut) {
    this.#count = count;
    this.#ordered = inOrder(names);
    if ('digests' in handedOut) {
      this.#before = handedOut.digests;
      const known = new Set(handedOut.digests);
      const all = this.#ordered.map((name, place) => ({ name, place }));
      this.fresh = known.size === 0 ? all : all.filter(({ name }) => !known.has(digestOf(name)));
    } else {
      const skipped = this.#begins(handedOut.first) ? handedOut.first.length : 0;
      this.#before = this.#ordered.slice(0, skipped).map((name) => digestOf(name));
      this.fresh = this.#ordered.slice(skipped).map((name, at) => ({ name, place: skipped + at }));
    }
  }

  /** The position behind the name at a place, in the form of the same size for each. */
  through(place: number): HandedOut {
    return { first: { length: place + 1, digest: this.#digestOf(place + 1), count: this.#count } };
  }

  /** The position behind the first so many fresh names, in the form that holds whatever changes. */
  behind(freshCount: number): HandedOut {
    return { digests: [...this.#before, ...this.fresh.slice(0, freshCount).map(({ name }) => digestOf(name))] };
  }

  #begins({ length, digest }: FirstNames): boolean {
    return length <= this.#ordered.length && this.#digestOf(length) === digest;
  }

  #digestOf(length: number): string {
    for (let at = this.#together.length; at <= length; at += 1) {
      const name = this.#ordered[at - 1] ?? '';
      this.#together.push(digestOf(this.#together[at - 1] ?? '', `${name.length}:`, name));
    }
    return this.#together[length] ?? '';
  }
}

/** By their bytes, each once: a reply may repeat a name. */
function inOrder(names: readonly Buffer[]): Buffer[] {
  const byText = new Map(names.map((name) => [name.toString('latin1'), name]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
