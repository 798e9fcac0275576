import {
  addGeoMembers as writeGeoMembers,
  addMembers,
  incrementScore,
  popMembers,
} from '../../../datasources/valkey/values/sorted-set/sorted-set-writes.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { checkPosition, type GeoPosition } from '../../../domain/key/geo.js';
import type { MemberCondition } from '../../../domain/key/sorted-set.js';
import { requirePermission } from '../../shared/access.js';
import { checkCount, checkList, commandsFor } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { keyToWrite, type KeyInput } from '../written-key.js';
import { RankedMember } from './ranked-member.js';

/** The part of `addSortedSetMembers` that is also an operation of a transaction. */
interface AddSortedSetMembersOperation {
  readonly members: readonly { readonly value: string; readonly score: number }[];
  readonly valueEncoding: Encoding;
  readonly condition?: MemberCondition | null | undefined;
}

export interface AddSortedSetMembersInput extends KeyInput, AddSortedSetMembersOperation {}

export async function addSortedSetMembers(context: Context, input: AddSortedSetMembersInput) {
  const { cluster, key } = keyToWrite(context, input);
  const members = decodeMembers(input);
  const commands = await commandsFor(context, cluster);
  return { ...(await addMembers(commands, key, members, input.condition ?? undefined)), cluster, key };
}

export interface AddGeoMembersInput extends KeyInput {
  readonly members: readonly { readonly value: string; readonly position: GeoPosition }[];
  readonly valueEncoding: Encoding;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | null | undefined;
}

export async function addGeoMembers(context: Context, input: AddGeoMembersInput) {
  const { cluster, key } = keyToWrite(context, input);
  const members = decodeMembers(input);
  members.forEach(({ position }, index) => checkPosition(position, [...membersPath, String(index), 'position']));
  const commands = await commandsFor(context, cluster);
  return { ...(await writeGeoMembers(commands, key, members, input.condition ?? undefined)), cluster, key };
}

const membersPath = ['input', 'members'];

export function decodeMembers<Member extends { readonly value: string }>(
  { members, valueEncoding }: { readonly members: readonly Member[]; readonly valueEncoding: Encoding },
  path = membersPath,
): (Omit<Member, 'value'> & { readonly value: Buffer })[] {
  checkList(members, path);
  return members.map((member, index) => ({
    ...member,
    value: decodeBytes(member.value, valueEncoding, [...path, String(index), 'value']),
  }));
}

export interface IncrementSortedSetScoreInput extends KeyInput {
  readonly member: string;
  readonly by: number;
  readonly valueEncoding: Encoding;
}

/** `returnsScore` is set if the caller selects the score, which requires `keys:read`. */
export async function incrementSortedSetScore(
  context: Context,
  input: IncrementSortedSetScoreInput,
  returnsScore: boolean,
) {
  const { cluster, key } = keyToWrite(context, input);
  if (returnsScore) requirePermission(context, 'keys:read', { cluster, key });
  const member = decodeBytes(input.member, input.valueEncoding, ['input', 'member']);
  const commands = await commandsFor(context, cluster);
  return { score: await incrementScore(commands, key, member, input.by), cluster, key };
}

export interface PopSortedSetMembersInput extends KeyInput {
  readonly side: 'LOWEST' | 'HIGHEST';
  readonly count: number;
}

/** `returnsMembers` is set if the members are selected: a caller that may not read them must not lose them. */
export async function popSortedSetMembers(context: Context, input: PopSortedSetMembersInput, returnsMembers: boolean) {
  const { cluster, key } = keyToWrite(context, input);
  if (returnsMembers) requirePermission(context, 'keys:read', { cluster, key });
  const { side, count } = input;
  checkCount(count, ['input', 'count']);
  const commands = await commandsFor(context, cluster);
  if (returnsMembers) context.removedValues.requireRoom();
  const popped = await popMembers(commands, key, { side, count });
  if (returnsMembers) context.removedValues.add(popped.map(({ value }) => value));
  return { members: popped.map((member) => new RankedMember(undefined, member)), cluster, key };
}
