import type { ScoredMember } from '../../../../domain/key/sorted-set.js';
import type { LexRange, ScoreRange } from '../../../../domain/key/member-ranges.js';
import { bytesOf, listOf, scoreOf } from '../../replies.js';
import { sendCommand } from '../expected-failure.js';
import { lexBounds, scoreBounds } from './range-arguments.js';
import { scoredMembersOf, type SortedSet } from './sorted-set.js';

/** The most members to read, and their order: from the lowest score on, or from the highest. */
export interface ReadOrder {
  readonly count: number;
  readonly reverse: boolean;
}

/** Members from a rank on, which counts in the order of the read. */
export async function readByRank(
  { commands, name: key }: SortedSet,
  start: number,
  { count, reverse }: ReadOrder,
): Promise<ScoredMember[]> {
  const range = [String(start), String(start + count - 1), ...(reverse ? ['REV'] : []), 'WITHSCORES'];
  return scoredMembersOf(await sendCommand(commands, { args: ['ZRANGE', key, ...range], key }));
}

export async function readByScore(
  { commands, name: key }: SortedSet,
  range: ScoreRange,
  { count, reverse }: ReadOrder,
): Promise<ScoredMember[]> {
  const { min, max } = scoreBounds(range);
  const bounds = reverse ? [max, min, 'BYSCORE', 'REV'] : [min, max, 'BYSCORE'];
  const args = ['ZRANGE', key, ...bounds, 'LIMIT', '0', String(count), 'WITHSCORES'] as const;
  return scoredMembersOf(await sendCommand(commands, { args, key }));
}

/** A page of members, read in the order of their bytes. */
interface LexPage {
  /** Members that were removed while their scores were read are left out. */
  readonly members: readonly ScoredMember[];
  readonly hasMore: boolean;
  /** The last member that the page covers, even if it was removed meanwhile; undefined if the range is empty. */
  readonly last: Buffer | undefined;
}

/**
 * Valkey does not return scores with such a range. All members should have the same score, which the first and the last member of all
 * show in the same round trip. Otherwise, the scores are read in a second one.
 */
export async function readByLex(sortedSet: SortedSet, range: LexRange, order: ReadOrder): Promise<LexPage> {
  const [found, [lowest], [highest]] = await Promise.all([
    readValues(sortedSet, range, { ...order, count: order.count + 1 }),
    readByRank(sortedSet, 0, { count: 1, reverse: false }),
    readByRank(sortedSet, 0, { count: 1, reverse: true }),
  ]);
  const values = found.slice(0, order.count);
  const members =
    lowest && lowest.score === highest?.score
      ? values.map((value) => ({ value, score: lowest.score }))
      : await readScores(sortedSet, values);
  return { members, hasMore: found.length > order.count, last: values.at(-1) };
}

async function readValues(
  { commands, name: key }: SortedSet,
  range: LexRange,
  { count, reverse }: ReadOrder,
): Promise<Buffer[]> {
  const { min, max } = lexBounds(range);
  const bounds = reverse ? [max, min, 'BYLEX', 'REV'] : [min, max, 'BYLEX'];
  const args = ['ZRANGE', key, ...bounds, 'LIMIT', '0', String(count)] as const;
  return listOf(await sendCommand(commands, { args, key })).map(bytesOf);
}

/** Without members that are missing. */
async function readScores({ commands, name: key }: SortedSet, values: readonly Buffer[]): Promise<ScoredMember[]> {
  if (values.length === 0) return [];
  const scores = listOf(await sendCommand(commands, { args: ['ZMSCORE', key, ...values], key }));
  return values.flatMap((value, at) => {
    const score = scores[at] ?? null;
    return score === null ? [] : [{ value, score: scoreOf(score) }];
  });
}
