import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { countByScore, readMember } from '../../../datasources/valkey/values/sorted-set/sorted-set.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import type { ScoreRange } from '../../../domain/key/member-ranges.js';
import type { Context } from '../../shared/context.js';
import { keyOfType } from '../key-of-type.js';
import type { KeySelection } from '../key-selection.js';
import { RankedMember } from './ranked-member.js';

/** @throws ExpectedFailure WRONG_TYPE */
export function sortedSet(
  context: Context,
  cluster: string,
  args: { name: string; encoding: Encoding },
  selection: KeySelection,
) {
  return keyOfType(context, cluster, args, 'SORTED_SET', selection);
}

/** Null if the sorted set has no such member. */
export async function sortedSetMember(
  reading: KeySnapshot,
  { value, valueEncoding }: { readonly value: string; readonly valueEncoding: Encoding },
): Promise<RankedMember | null> {
  const member = await readMember(reading, decodeBytes(value, valueEncoding, ['value']));
  return member && new RankedMember(reading, member);
}

/** The number of members with scores in the range. */
export function countMembers(reading: KeySnapshot, { range }: { readonly range: ScoreRange }): Promise<number> {
  return countByScore(reading, range);
}
