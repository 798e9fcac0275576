import { scoreArgument } from '../../../../domain/key/score.js';
import type { MemberCondition, ScoredMember } from '../../../../domain/key/sorted-set.js';
import type { Command } from '../../interfaces.js';

interface ScoredMembers {
  readonly key: Buffer;
  readonly members: readonly ScoredMember[];
  readonly condition?: MemberCondition | undefined;
}

const options = { IF_ABSENT: 'NX', IF_PRESENT: 'XX', IF_GREATER: 'GT', IF_LESS: 'LT' } as const;

/** The write as one command, which replies the number of new members. */
export function addScoredMembersCommand({ key, members, condition }: ScoredMembers): Command['args'] {
  const scored = members.flatMap(({ value, score }) => [scoreArgument(score), value]);
  return ['ZADD', key, ...(condition ? [options[condition]] : []), ...scored];
}
