import {
  addMembers,
  hasMembers,
  moveMember,
  popMembers,
  readRandomMembers,
  removeMembers,
} from '../../../datasources/valkey/values/set/set.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { setCollection, type SetMember } from '../../../datasources/valkey/values/scans/collections.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { requirePermission } from '../../shared/access.js';
import { checkCount, commandsFor, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { pageOfElements, type ElementsArgs } from '../element-page.js';
import { setMemberCursors } from '../scan-cursor.js';
import { keysToMove, keyToWrite, type KeyInput, type MoveInput } from '../written-key.js';

export function setMembers(reading: KeySnapshot, args: ElementsArgs, context: Pick<Context, 'patterns'>) {
  return pageOfElements(reading, setCollection, setMemberCursors, args, context);
}

export interface Members {
  readonly members: readonly string[];
  readonly valueEncoding: Encoding;
}

export async function containsMembers(reading: KeySnapshot, { members, valueEncoding }: Members): Promise<boolean[]> {
  return await hasMembers(reading, decodeList(members, valueEncoding, ['members']));
}

export async function randomMembers(
  reading: KeySnapshot,
  { count }: { readonly count: number },
): Promise<readonly SetMember[]> {
  checkCount(count, ['count']);
  const members = await readRandomMembers(reading, count);
  return members.map((value) => ({ value }));
}

export async function addSetMembers(context: Context, input: KeyInput & Members) {
  const { cluster, key } = keyToWrite(context, input);
  const members = decodeList(input.members, input.valueEncoding, ['input', 'members']);
  const commands = await commandsFor(context, cluster);
  return { added: await addMembers(commands, key, members), cluster, key };
}

export async function removeSetMembers(context: Context, input: KeyInput & Members) {
  const { cluster, key } = keyToWrite(context, input);
  const members = decodeList(input.members, input.valueEncoding, ['input', 'members']);
  const commands = await commandsFor(context, cluster);
  return { removed: await removeMembers(commands, key, members), cluster, key };
}

/** `showsMembers` requires that the caller may read the key: a pop without it shows nothing. */
export async function popSetMembers(
  context: Context,
  input: KeyInput & { readonly count: number },
  showsMembers: boolean,
) {
  const { cluster, key } = keyToWrite(context, input);
  if (showsMembers) requirePermission(context, 'keys:read', { cluster, key });
  checkCount(input.count, ['input', 'count']);
  const commands = await commandsFor(context, cluster);
  if (showsMembers) context.removedValues.requireRoom();
  const members = await popMembers(commands, key, input.count);
  if (showsMembers) context.removedValues.add(members);
  return { members, cluster, key };
}

export async function moveSetMember(
  context: Context,
  input: MoveInput & { readonly member: string; readonly valueEncoding: Encoding },
) {
  const move = keysToMove(context, input);
  const member = decodeBytes(input.member, input.valueEncoding, ['input', 'member']);
  return { ...move, moved: await moveMember(await commandsFor(context, move.cluster), move, member) };
}
