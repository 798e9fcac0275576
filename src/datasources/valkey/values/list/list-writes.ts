import { listIndexFailure, sendCommand } from '../expected-failure.js';
import { sendMove, type Move } from '../move.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { bytesOf, bytesOrNull, listOf, numberOf } from '../../replies.js';

export type ListSide = 'HEAD' | 'TAIL';

const path = ['input', 'key'];
const letters = { HEAD: 'L', TAIL: 'R' } as const;
const directions = { HEAD: 'LEFT', TAIL: 'RIGHT' } as const;

export interface ListPush {
  readonly key: Buffer;
  readonly elements: readonly Buffer[];
  readonly side: ListSide;
  /** Whether a list that does not exist is not created. */
  readonly onlyIfExists: boolean;
}

/** Replies the new length; 0 if the list does not exist and may not be created. */
export function pushCommand({ key, elements, side, onlyIfExists }: ListPush): Command['args'] {
  return [`${letters[side]}PUSH${onlyIfExists ? 'X' : ''}`, key, ...elements];
}

/** Resolves to the new length; 0 if the list does not exist and may not be created. */
export async function pushElements(commands: ValkeyCommands, push: ListPush): Promise<number> {
  return numberOf(await sendCommand(commands, { args: pushCommand(push), key: push.key }, path));
}

/** Resolves to the removed elements in the order of their removal. */
export async function popElements(
  commands: ValkeyCommands,
  key: Buffer,
  { side, count }: { readonly side: ListSide; readonly count: number },
): Promise<Buffer[]> {
  const reply = await sendCommand(commands, { args: [`${letters[side]}POP`, key, String(count)], key }, path);
  return reply === null ? [] : listOf(reply).map(bytesOf);
}

/** @throws ExpectedFailure NOT_FOUND at `input.key`, INVALID_INPUT at `input.index` */
export async function setElement(commands: ValkeyCommands, key: Buffer, index: number, value: Buffer): Promise<void> {
  try {
    await commands.send({ args: ['LSET', key, String(index), value], key });
  } catch (error) {
    throw listIndexFailure(error);
  }
}

/** Resolves to the new length; null if the list does not exist or has no such pivot. */
export async function insertElement(
  commands: ValkeyCommands,
  key: Buffer,
  { where, pivot, value }: { readonly where: 'BEFORE' | 'AFTER'; readonly pivot: Buffer; readonly value: Buffer },
): Promise<number | null> {
  const length = numberOf(await sendCommand(commands, { args: ['LINSERT', key, where, pivot, value], key }, path));
  return length > 0 ? length : null;
}

/** Resolves to the number of removed elements. Without `count`, removes all that equal the value. */
export async function removeElements(
  commands: ValkeyCommands,
  key: Buffer,
  { value, count, from }: { readonly value: Buffer; readonly count: number | undefined; readonly from: ListSide },
): Promise<number> {
  const signed = from === 'HEAD' ? (count ?? 0) : -(count ?? 0);
  return numberOf(await sendCommand(commands, { args: ['LREM', key, String(signed), value], key }, path));
}

export async function trim(commands: ValkeyCommands, key: Buffer, start: number, end: number): Promise<void> {
  await sendCommand(commands, { args: ['LTRIM', key, String(start), String(end)], key }, path);
}

/** Resolves to the moved element; null if the source does not exist. */
export async function moveElement(
  commands: ValkeyCommands,
  move: Move,
  { from, to }: { readonly from: ListSide; readonly to: ListSide },
): Promise<Buffer | null> {
  const args = ['LMOVE', move.source, move.destination, directions[from], directions[to]] as const;
  return bytesOrNull(await sendMove(commands, args, move, 'list'));
}
