import type { ScoredMember } from '../../../../domain/key/sorted-set.js';
import type { ScoreRange } from '../../../../domain/key/member-ranges.js';
import type { Reply } from '../../interfaces.js';
import { bytesOf, listOf, numberOf, numberOrNull, scoreOf } from '../../replies.js';
import { sendCommand } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';
import { scoreBounds } from './range-arguments.js';

export type SortedSet = Pick<KeySnapshot, 'commands' | 'name'>;

/** Null if the sorted set has no such member. */
export async function readMember({ commands, name: key }: SortedSet, value: Buffer): Promise<ScoredMember | null> {
  const score = await sendCommand(commands, { args: ['ZSCORE', key, value], key });
  return score === null ? null : { value, score: scoreOf(score) };
}

/** The number of members before this one, or behind it if `reverse` is set; null if the sorted set has no such member. */
export async function readRank(
  { commands, name: key }: SortedSet,
  value: Buffer,
  reverse: boolean,
): Promise<number | null> {
  return numberOrNull(await sendCommand(commands, { args: [reverse ? 'ZREVRANK' : 'ZRANK', key, value], key }));
}

export async function countByScore({ commands, name: key }: SortedSet, range: ScoreRange): Promise<number> {
  const { min, max } = scoreBounds(range);
  return numberOf(await sendCommand(commands, { args: ['ZCOUNT', key, min, max], key }));
}

/** Reads a reply WITHSCORES, which has a pair for each member. */
export function scoredMembersOf(reply: Reply | undefined): ScoredMember[] {
  return listOf(reply).map((pair) => {
    const [value, score] = listOf(pair);
    return { value: bytesOf(value), score: scoreOf(score) };
  });
}
