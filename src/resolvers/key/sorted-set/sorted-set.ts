import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { countByScore, readMember, readRank } from '../../../datasources/valkey/values/sorted-set/sorted-set.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import type { ScoreRange } from '../../../domain/key/member-ranges.js';
import type { Context } from '../../shared/context.js';
import { keyOfType } from '../key-of-type.js';
import type { KeySelection } from '../key-selection.js';
import { RankedMember, type SelectedRanks } from './ranked-member.js';

/** @throws ExpectedFailure WRONG_TYPE */
export function sortedSet(
  context: Context,
  cluster: string,
  args: { name: string; encoding: Encoding },
  selection: KeySelection,
) {
  return keyOfType(context, cluster, args, 'SORTED_SET', selection);
}

interface MemberArgs extends SelectedRanks {
  readonly value: string;
  readonly valueEncoding: Encoding;
}

/** Null if the sorted set has no such member. */
export async function sortedSetMember(
  reading: KeySnapshot,
  { value, valueEncoding, ranks }: MemberArgs,
): Promise<RankedMember | null> {
  const bytes = decodeBytes(value, valueEncoding, ['value']);
  const read = ranks.map((reverse) => ({ reverse, rank: readRank(reading, bytes, reverse) }));
  const [member] = await Promise.all([
    readMember(reading, bytes),
    // Each rank fails alone.
    Promise.allSettled(read.map(({ rank }) => rank)),
  ]);
  return member && new RankedMember(reading, member, read);
}

/** The number of members with scores in the range. */
export function countMembers(reading: KeySnapshot, { range }: { readonly range: ScoreRange }): Promise<number> {
  return countByScore(reading, range);
}
