/** Members with scores from `min` to `max`. Empty if `min` is greater than `max`. */
export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  readonly excludeMin: boolean;
  readonly excludeMax: boolean;
}

/** Members from `min` to `max` in the order of their bytes. A bound that is undefined does not limit. */
export interface LexRange {
  readonly min: LexBound | undefined;
  readonly max: LexBound | undefined;
}

export interface LexBound {
  readonly value: Buffer;
  readonly isExcluded: boolean;
}

/** Members from `start` to `end`, both included. 0 is the lowest score, and negative ranks count from the end. */
export interface RankRange {
  readonly start: number;
  readonly end: number;
}

/** Whether the score is within the lower bound of the range. */
export function isAboveMin({ min, excludeMin }: ScoreRange, score: number): boolean {
  return excludeMin ? score > min : score >= min;
}

/** Whether the score is within the upper bound of the range. */
export function isBelowMax({ max, excludeMax }: ScoreRange, score: number): boolean {
  return excludeMax ? score < max : score <= max;
}

/** The part of the range that follows a member of this value: behind it, or with `reverse` before it. */
export function lexRangeAfter(range: LexRange, value: Buffer, reverse: boolean): LexRange {
  const { min, max } = range;
  const bound: LexBound = { value, isExcluded: true };
  if (reverse) return !max || Buffer.compare(value, max.value) <= 0 ? { min, max: bound } : range;
  return !min || Buffer.compare(value, min.value) >= 0 ? { min: bound, max } : range;
}
