import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { countByScore, readMember, readRank } from '../../../datasources/valkey/values/sorted-set/sorted-set.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import type { ScoreRange } from '../../../domain/key/member-ranges.js';
import { RankedMember, type SelectedRanks } from './ranked-member.js';

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
