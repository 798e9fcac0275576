import { readRank, type SortedSet } from '../../../datasources/valkey/values/sorted-set/sorted-set.js';
import type { ScoredMember } from '../../../domain/key/sorted-set.js';
import type { MaybePromise } from '../../../runtime/maybe-promise.js';

/** A rank that counts from the lowest score, or from the highest. */
export interface KnownRank {
  readonly reverse: boolean;
  /** Null if the member was removed. */
  readonly rank: MaybePromise<number | null>;
}

/** The directions of the ranks that are selected of a member. */
export interface SelectedRanks {
  readonly ranks: readonly boolean[];
}

const none: readonly KnownRank[] = [];

/** A member whose rank is read once it is needed, unless it is known. The ranks of all members of a page leave in one pipeline. */
export class RankedMember implements ScoredMember {
  readonly value: Buffer;
  readonly score: number;
  readonly #sortedSet: SortedSet | undefined;
  #known: readonly KnownRank[];

  /** A member that was removed belongs to no sorted set. */
  constructor(sortedSet: SortedSet | undefined, { value, score }: ScoredMember, known = none) {
    this.value = value;
    this.score = score;
    this.#sortedSet = sortedSet;
    this.#known = known;
  }

  /** Null if the member was removed. */
  rank(reverse: boolean): MaybePromise<number | null> {
    const known = this.#known.find((each) => each.reverse === reverse);
    if (known) return known.rank;
    if (!this.#sortedSet) return null;
    const rank = readRank(this.#sortedSet, this.value, reverse);
    this.#known = [...this.#known, { reverse, rank }];
    return rank;
  }
}
