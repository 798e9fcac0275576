import { readRank, type SortedSet } from '../../../datasources/valkey/values/sorted-set/sorted-set.js';
import type { ScoredMember } from '../../../domain/key/sorted-set.js';
import type { MaybePromise } from '../../../runtime/maybe-promise.js';

/** A rank that a page shows, which counts from the lowest score, or from the highest. */
interface KnownRank {
  readonly rank: number;
  readonly reverse: boolean;
}

/** A member whose rank is read if it is selected and unknown. The ranks of all members of a page leave in one pipeline. */
export class RankedMember implements ScoredMember {
  readonly value: Buffer;
  readonly score: number;
  readonly #sortedSet: SortedSet | undefined;
  readonly #known: KnownRank | undefined;
  #ranks: Map<boolean, Promise<number | null>> | undefined;

  /** A member that was removed belongs to no sorted set. */
  constructor(sortedSet: SortedSet | undefined, { value, score }: ScoredMember, known?: KnownRank) {
    this.value = value;
    this.score = score;
    this.#sortedSet = sortedSet;
    this.#known = known;
  }

  /** The rank when the page was read, or now if the page does not show it. Null if the member was removed. */
  rank(reverse: boolean): MaybePromise<number | null> {
    if (this.#known?.reverse === reverse) return this.#known.rank;
    if (!this.#sortedSet) return null;
    const ranks = (this.#ranks ??= new Map<boolean, Promise<number | null>>());
    const read = ranks.get(reverse) ?? readRank(this.#sortedSet, this.value, reverse);
    ranks.set(reverse, read);
    return read;
  }
}
