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
  /** Members that were removed between the two reads are left out. */
  readonly members: readonly ScoredMember[];
  readonly hasMore: boolean;
  /** The last member that the page covers, even if it was removed meanwhile; undefined if the range is empty. */
  readonly last: Buffer | undefined;
}

/** Reads the scores in a second round trip, because Valkey does not return them with a range of members. */
export async function readByLex(
  { commands, name: key }: SortedSet,
  range: LexRange,
  { count, reverse }: ReadOrder,
): Promise<LexPage> {
  const { min, max } = lexBounds(range);
  const bounds = reverse ? [max, min, 'BYLEX', 'REV'] : [min, max, 'BYLEX'];
  const args = ['ZRANGE', key, ...bounds, 'LIMIT', '0', String(count + 1)] as const;
  const found = listOf(await sendCommand(commands, { args, key })).map(bytesOf);
  const values = found.slice(0, count);
  const page = { hasMore: found.length > count, last: values.at(-1) };
  if (values.length === 0) return { ...page, members: [] };
  const scores = listOf(await sendCommand(commands, { args: ['ZMSCORE', key, ...values], key }));
  const members = values.flatMap((value, at) => {
    const score = scores[at] ?? null;
    return score === null ? [] : [{ value, score: scoreOf(score) }];
  });
  return { ...page, members };
}
