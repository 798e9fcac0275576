import type { GeoPosition } from '../../../../domain/key/geo.js';
import { invalidInput } from '../../../../domain/errors.js';
import { scoreArgument } from '../../../../domain/key/score.js';
import type { LexRange, RankRange, ScoreRange } from '../../../../domain/key/member-ranges.js';
import {
  replacesScore,
  withoutRepeats,
  type MemberCondition,
  type ScoredMember,
} from '../../../../domain/key/sorted-set.js';
import { CommandError } from '../../command-error.js';
import type { Argument, Command, ValkeyCommands } from '../../interfaces.js';
import { numberOf, scoreOf } from '../../replies.js';
import { expectedFailure, sendCommand } from '../expected-failure.js';
import { lexBounds, scoreBounds } from './range-arguments.js';
import { scoredMembersOf } from './sorted-set.js';

/** The numbers of members that were new, and of existing members whose score has changed. */
interface AddedMembers {
  readonly added: number;
  readonly changed: number;
}

export async function addMembers(
  commands: ValkeyCommands,
  key: Buffer,
  members: readonly ScoredMember[],
  condition: MemberCondition | undefined,
): Promise<AddedMembers> {
  const distinct = withoutRepeats(members, replacesScore(condition));
  const pairs = distinct.flatMap(({ score, value }) => [scoreArgument(score), value]);
  const comparison = condition === 'IF_GREATER' ? ['GT'] : condition === 'IF_LESS' ? ['LT'] : [];
  const add = ['ZADD', key, 'NX', ...pairs] as const;
  const change = ['ZADD', key, 'XX', ...comparison, 'CH', ...pairs] as const;
  return await addAndChange(commands, key, { add, change }, condition);
}

export interface GeoMember {
  readonly value: Buffer;
  readonly position: GeoPosition;
}

export async function addGeoMembers(
  commands: ValkeyCommands,
  key: Buffer,
  members: readonly GeoMember[],
  condition: 'IF_ABSENT' | 'IF_PRESENT' | undefined,
): Promise<AddedMembers> {
  const distinct = withoutRepeats(members, () => condition !== 'IF_ABSENT');
  const triples = distinct.flatMap(({ value, position }): Argument[] => [
    String(position.longitude),
    String(position.latitude),
    value,
  ]);
  const add = ['GEOADD', key, 'NX', ...triples] as const;
  const change = ['GEOADD', key, 'XX', 'CH', ...triples] as const;
  return await addAndChange(commands, key, { add, change }, condition);
}

/**
 * Valkey counts either new members or new and changed ones together. Two commands in one transaction count both, and require no
 * permission to read the sorted set.
 */
async function addAndChange(
  commands: ValkeyCommands,
  key: Buffer,
  { add, change }: { readonly add: Command['args']; readonly change: Command['args'] },
  condition: MemberCondition | undefined,
): Promise<AddedMembers> {
  const path = ['input', 'key'];
  if (condition === 'IF_ABSENT') {
    return { added: numberOf(await sendCommand(commands, { args: add, key }, path)), changed: 0 };
  }
  if (condition === 'IF_PRESENT') {
    return { added: 0, changed: numberOf(await sendCommand(commands, { args: change, key }, path)) };
  }
  try {
    const [added, changed] = await commands.transaction(key, [add, change]);
    return { added: numberOf(added), changed: numberOf(changed) };
  } catch (error) {
    throw expectedFailure(error, path);
  }
}

/** Resolves to the new score. */
export async function incrementScore(
  commands: ValkeyCommands,
  key: Buffer,
  member: Buffer,
  by: number,
): Promise<number> {
  try {
    return scoreOf(await commands.send({ args: ['ZINCRBY', key, scoreArgument(by), member], key }));
  } catch (error) {
    if (error instanceof CommandError && /\bNaN\b/i.test(error.message)) {
      const message = 'Expected a sum that is a number: the score of this member is the opposite infinity.';
      throw invalidInput(message, ['input', 'by']);
    }
    throw expectedFailure(error, ['input', 'key']);
  }
}

export type MemberRemoval =
  | { readonly members: readonly Buffer[] }
  | { readonly score: ScoreRange }
  | { readonly lex: LexRange }
  | { readonly rank: RankRange };

/** Resolves to the number of members that were removed. */
export async function removeMembers(commands: ValkeyCommands, key: Buffer, removal: MemberRemoval): Promise<number> {
  return numberOf(await sendCommand(commands, { args: removalArguments(key, removal), key }, ['input', 'key']));
}

function removalArguments(key: Buffer, removal: MemberRemoval): Command['args'] {
  if ('members' in removal) return ['ZREM', key, ...removal.members];
  if ('score' in removal) {
    const { min, max } = scoreBounds(removal.score);
    return ['ZREMRANGEBYSCORE', key, min, max];
  }
  if ('lex' in removal) {
    const { min, max } = lexBounds(removal.lex);
    return ['ZREMRANGEBYLEX', key, min, max];
  }
  const { start, end } = removal.rank;
  return ['ZREMRANGEBYRANK', key, String(start), String(end)];
}

/** Removes and returns the members with the lowest scores, or the highest, which come first then. */
export async function popMembers(
  commands: ValkeyCommands,
  key: Buffer,
  { side, count }: { readonly side: 'LOWEST' | 'HIGHEST'; readonly count: number },
): Promise<ScoredMember[]> {
  const args = [side === 'LOWEST' ? 'ZPOPMIN' : 'ZPOPMAX', key, String(count)] as const;
  return scoredMembersOf(await sendCommand(commands, { args, key }, ['input', 'key']));
}
