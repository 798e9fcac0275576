import { Outage } from '../../../../domain/errors.js';
import { isAboveMin, isBelowMax, type ScoreRange } from '../../../../domain/key/member-ranges.js';
import { compareMembers, type ScoredMember } from '../../../../domain/key/sorted-set.js';
import { readByRank, readByScore, type ReadOrder } from './members.js';
import { countByScore, readRank, type SortedSet } from './sorted-set.js';

/** Members that are read around the expected place, because members before it may be added or removed meanwhile. */
const slack = 16;
/** Ranks that are read together to find a place. */
const probesPerRound = 16;
/** Attempts to read a place that moves. */
const maxAttempts = 20;

/**
 * Members of a range of scores that follow `after` in the order of the read, although `after` may have been removed or have another
 * score now. Every read is bounded, however many members have the score of `after`, and is one command that shows by itself whether
 * it continues at the right place. Writes between the commands therefore neither skip nor repeat members that did not change.
 */
export async function readMembersAfter(
  sortedSet: SortedSet,
  after: ScoredMember,
  range: ScoreRange,
  { count, reverse }: ReadOrder,
): Promise<ScoredMember[]> {
  const { score } = after;
  const isBehindStart = reverse ? isBelowMax(range, score) : isAboveMin(range, score);
  if (!isBehindStart) return await readByScore(sortedSet, range, { count, reverse });
  const isBeforeEnd = reverse ? isAboveMin : isBelowMax;
  if (!isBeforeEnd(range, score)) return [];

  const isBeyond = (member: ScoredMember): boolean => compareMembers(member, after) * (reverse ? -1 : 1) > 0;
  const rest = reverse ? { ...range, max: score, excludeMax: false } : { ...range, min: score, excludeMin: false };
  const [sameScore, rank] = await Promise.all([
    // Usually, no other member has the score of `after`.
    readByScore(sortedSet, rest, { count: count + 1, reverse }),
    readRank(sortedSet, after.value, reverse),
  ]);
  const following = sameScore.filter(isBeyond);
  if (following.length >= count || sameScore.length <= count) return following.slice(0, count);

  const found = await readBeyond(sortedSet, { score, isBeyond, expected: rank, count, reverse });
  const end = found.findIndex((member) => !isBeforeEnd(range, member.score));
  return end < 0 ? found : found.slice(0, end);
}

interface Place extends ReadOrder {
  /** The score of the members among which the place is. */
  readonly score: number;
  /** Whether a member is behind the place, in the order of the read. */
  isBeyond(this: void, member: ScoredMember): boolean;
}

/** Reads members by rank from a place on, in one command that also has a member before the place, or the first member of all. */
async function readBeyond(
  sortedSet: SortedSet,
  { expected, ...place }: Place & { readonly expected: number | null },
): Promise<ScoredMember[]> {
  const { isBeyond, count, reverse } = place;
  const size = count + 1 + 2 * slack;
  let last = expected;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    last ??= await findLast(sortedSet, place);
    const start = Math.max(0, last - slack);
    const read = await readByRank(sortedSet, start, { count: size, reverse });
    const beyond = read.filter(isBeyond);
    const passed = read.length - beyond.length;
    const isAnchored = passed > 0 || start === 0;
    if (isAnchored && (beyond.length >= count || read.length < size)) return beyond.slice(0, count);
    last = isAnchored && beyond.length > 0 ? start + passed - 1 : null;
  }
  throw new Outage('CLUSTER_UNAVAILABLE', 'The sorted set changes faster than this page can be read. Try again.');
}

/** The rank of the last member that is not behind the place, found by few reads also among a million members of one score; or -1. */
async function findLast(sortedSet: SortedSet, { score, isBeyond, reverse }: Place): Promise<number> {
  const before = reverse
    ? { min: score, excludeMin: true, max: Infinity, excludeMax: false }
    : { min: -Infinity, excludeMin: false, max: score, excludeMax: true };
  const same = { min: score, max: score, excludeMin: false, excludeMax: false };
  const [earlier, alike] = await Promise.all([countByScore(sortedSet, before), countByScore(sortedSet, same)]);
  let low = earlier;
  let high = earlier + alike;
  while (low < high) {
    const ranks = ranksBetween(low, high);
    const reads = await Promise.all(ranks.map((rank) => readByRank(sortedSet, rank, { count: 1, reverse })));
    const first = reads.findIndex(([member]) => !member || isBeyond(member));
    const previous = ranks.at(first < 0 ? -1 : first - 1);
    if (first !== 0 && previous !== undefined) low = previous + 1;
    if (first >= 0) high = ranks[first] ?? high;
  }
  return low - 1;
}

/** Evenly distributed ranks from `low` on that are less than `high`. */
function ranksBetween(low: number, high: number): number[] {
  const count = Math.min(high - low, probesPerRound);
  return Array.from({ length: count }, (_, index) => low + Math.floor(((high - low) * index) / count));
}
