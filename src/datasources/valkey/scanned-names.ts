import { digestOf, type HandedOut } from './scan-position.js';

/**
 * The names of one SCAN reply. They are handed out in an order of their own, so that the order of the reply, which a resized
 * table changes, does not matter. Positions cost one digest a name, and only those that are asked for.
 */
export class ScannedNames {
  /** Those that were not handed out before. */
  readonly fresh: readonly Buffer[];
  readonly #count: number;
  readonly #before: readonly string[];

  constructor(names: readonly Buffer[], count: number, handedOut: HandedOut) {
    this.#count = count;
    const ordered = inOrder(names);
    if ('digests' in handedOut) {
      this.#before = handedOut.digests;
      const known = new Set(handedOut.digests);
      this.fresh = known.size === 0 ? ordered : ordered.filter((name) => !known.has(digestOf(name)));
    } else {
      const { digest } = handedOut.through;
      const skipped = ordered.findIndex((name) => digestOf(name) === digest) + 1;
      this.#before = ordered.slice(0, skipped).map(digestOf);
      this.fresh = ordered.slice(skipped);
    }
  }

  /** The position behind a name, in the form of the same size for each. */
  through(name: Buffer): HandedOut {
    return { through: { digest: digestOf(name), count: this.#count } };
  }

  /** The position behind the first so many fresh names, in the form that holds whatever changes. */
  behind(freshCount: number): HandedOut {
    return { digests: [...this.#before, ...this.fresh.slice(0, freshCount).map(digestOf)] };
  }
}

/** By their bytes, each once: a reply may repeat a name. */
function inOrder(names: readonly Buffer[]): Buffer[] {
  const byText = new Map(names.map((name) => [name.toString('latin1'), name]));
  return [...byText.keys()].sort().flatMap((text) => byText.get(text) ?? []);
}
