import { removeMembers, type MemberRemoval } from '../../../datasources/valkey/values/sorted-set/sorted-set-writes.js';
import type { Encoding } from '../../../domain/encoding.js';
import { givenField } from '../../../domain/given-field.js';
import type { RankRange, ScoreRange } from '../../../domain/key/member-ranges.js';
import { commandsFor, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { keyToWrite, type KeyInput } from '../written-key.js';
import { decodeLexRange, type LexRangeInput } from './range-input.js';

/** Exactly one of the four. */
interface SortedSetRemovalInput {
  readonly members?: readonly string[] | null | undefined;
  readonly score?: ScoreRange | null | undefined;
  readonly lex?: LexRangeInput | null | undefined;
  readonly rank?: RankRange | null | undefined;
}

export interface RemoveSortedSetMembersInput extends KeyInput {
  readonly which: SortedSetRemovalInput;
  readonly valueEncoding: Encoding;
}

export async function removeSortedSetMembers(context: Context, input: RemoveSortedSetMembersInput) {
  const { cluster, key } = keyToWrite(context, input);
  const removal = removalOf(input);
  const commands = await commandsFor(context, cluster);
  return { removed: await removeMembers(commands, key, removal), cluster, key };
}

function removalOf({ which, valueEncoding }: RemoveSortedSetMembersInput): MemberRemoval {
  const path = ['input', 'which'];
  const { members, score, lex, rank } = which;
  givenField(which, ['members', 'score', 'lex', 'rank'], path);
  if (members != null) return { members: decodeList(members, valueEncoding, [...path, 'members']) };
  if (score != null) return { score };
  if (rank != null) return { rank };
  if (lex != null) return { lex: decodeLexRange(lex, [...path, 'lex']) };
  throw new Error('Expected one of members, score, lex and rank.');
}
