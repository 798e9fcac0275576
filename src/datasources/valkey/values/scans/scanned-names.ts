import { digestOf, type ReplyMark, type ReturnedNames } from './scan-position.js';

/** A name of a SCAN reply. A class without closures, because pages have many names. */
export class ScannedName<Position> {
  readonly name: Buffer;
  /** The bytes of the name as text (Latin-1), which identifies it. */
  readonly id: string;
  readonly #place: number;
  readonly #reply: ScannedNames<Position>;

  constructor(name: Buffer, id: string, place: number, reply: ScannedNames<Position>) {
    this.name = name;
    this.id = id;
    this.#place = place;
    this.#reply = reply;
  }

  /** The position after this name. Its size is the same for each name of a page. Only names that are in order have one. */
  position(): Position {
    return this.#reply.through(this.#place);
  }

  /** The position after this name if it is the last of its page. It grows with the reply, and stays valid if the reply changes. */
  lastPosition(): Position {
    return this.#reply.behind(this.#reply.fresh.indexOf(this) + 1);
  }
}

export interface ScannedReply<Position> {
  /** May repeat a name. */
  readonly names: readonly Buffer[];
  readonly count: number;
  /** The names of the reply that were returned before. */
  readonly returned: ReturnedNames;
  /** The position of the listing within this reply. */
  readonly at: (returned: ReturnedNames) => Position;
  /** Whether the names are to be in the order of their bytes. Only then may the position after each of them be requested. */
  readonly isOrdered: boolean;
}

/**
 * The names of one SCAN reply. Positions count names in the order of their bytes, because a resized hash table changes the order of the
 * reply. Digests are calculated only for the requested positions.
 */
export class ScannedNames<Position> {
  /** The names that were not returned before. */
  readonly fresh: readonly ScannedName<Position>[];
  readonly #all: readonly ScannedName<Position>[];
  readonly #count: number;
  readonly #at: (returned: ReturnedNames) => Position;
  readonly #before: readonly string[];
  #mark: ReplyMark | undefined;

  constructor({ names, count, returned, at, isOrdered }: ScannedReply<Position>) {
    this.#count = count;
    this.#at = at;
    const all =
      isOrdered || 'of' in returned
        ? this.#inOrder(names)
        : names.map((name) => this.#named(name, name.toString('latin1'), 0));
    this.#all = all;
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

  /** The position after the name at a place in the order, in the form whose size does not grow with the page. */
  through(place: number): Position {
    return this.#at({ first: place + 1, of: this.#markOf() });
  }

  /** The position after the first `freshCount` fresh names, in the form that stays valid if the reply changes. */
  behind(freshCount: number): Position {
    return this.#at({
      digests: [...this.#before, ...this.fresh.slice(0, freshCount).map(({ name }) => digestOf(name))],
    });
  }

  #markOf(): ReplyMark {
    const parts = (): (Buffer | string)[] => this.#all.flatMap(({ name }) => [`${name.length}:`, name]);
    return (this.#mark ??= { digest: digestOf(...parts()), count: this.#count });
  }

  /** Ordered by bytes, without duplicates. */
  #inOrder(names: readonly Buffer[]): ScannedName<Position>[] {
    const sorted = names.map((name) => ({ name, id: name.toString('latin1') })).sort((a, b) => compare(a.id, b.id));
    const distinct = sorted.filter(({ id }, at) => id !== sorted[at - 1]?.id);
    return distinct.map(({ name, id }, place) => this.#named(name, id, place));
  }

  #named(name: Buffer, id: string, place: number): ScannedName<Position> {
    return new ScannedName(name, id, place, this);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
