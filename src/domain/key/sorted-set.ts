/** A member of a sorted set. */
export interface ScoredMember {
  readonly value: Buffer;
  readonly score: number;
}

/** The order of a sorted set: by score, and members of the same score by their bytes. */
export function compareMembers(a: ScoredMember, b: ScoredMember): number {
  return a.score === b.score ? Buffer.compare(a.value, b.value) : a.score - b.score;
}

/** Whether new members are added, and existing ones updated. */
export type MemberCondition = 'IF_ABSENT' | 'IF_PRESENT' | 'IF_GREATER' | 'IF_LESS';

/**
 * The members without repetitions, each with the score that it has after a ZADD of the whole list. Valkey counts a member that is given
 * twice as changed twice, even if it has its former score in the end.
 */
export function withoutRepeats<Member extends { readonly value: Buffer }>(
  members: readonly Member[],
  replaces: (earlier: Member, later: Member) => boolean,
): readonly Member[] {
  const distinct = new Map<string, Member>();
  for (const member of members) {
    const id = member.value.toString('latin1');
    const earlier = distinct.get(id);
    if (!earlier || replaces(earlier, member)) distinct.set(id, member);
  }
  return distinct.size === members.length ? members : [...distinct.values()];
}

/** Whether a member that is given again has its later score after a ZADD with this condition. */
export function replacesScore(condition: MemberCondition | undefined) {
  return (earlier: { readonly score: number }, later: { readonly score: number }): boolean => {
    switch (condition) {
      case 'IF_ABSENT':
        return false;
      case 'IF_GREATER':
        return later.score > earlier.score;
      case 'IF_LESS':
        return later.score < earlier.score;
      case 'IF_PRESENT':
      case undefined:
        return true;
    }
  };
}
