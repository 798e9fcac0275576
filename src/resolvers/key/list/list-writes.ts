import {
  insertElement,
  moveElement,
  popElements,
  pushElements,
  removeElements,
  setElement,
  trim,
  type ListPush,
  type ListSide,
} from '../../../datasources/valkey/values/list/list-writes.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { invalidInput } from '../../../domain/errors.js';
import { requirePermission } from '../../shared/access.js';
import { checkCount, commandsFor, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { keysToMove, keyToWrite, type KeyInput, type MoveInput } from '../written-key.js';

/** The part of `pushListElements` that is also an operation of a transaction. */
export interface PushListElementsOperation {
  readonly elements: readonly string[];
  readonly valueEncoding: Encoding;
  readonly side: ListSide;
  readonly onlyIfExists: boolean;
}

export interface PushListElementsInput extends KeyInput, PushListElementsOperation {}

export async function pushListElements(context: Context, input: PushListElementsInput) {
  const { cluster, key } = keyToWrite(context, input);
  const push = listPush(key, input, ['input']);
  const commands = await commandsFor(context, cluster);
  return { length: await pushElements(commands, push), cluster, key };
}

/** @throws ExpectedFailure INVALID_INPUT below `path` */
export function listPush(key: Buffer, input: PushListElementsOperation, path: readonly string[]): ListPush {
  const { side, onlyIfExists } = input;
  const elements = decodeList(input.elements, input.valueEncoding, [...path, 'elements']);
  return { key, elements, side, onlyIfExists };
}

export interface PopListElementsInput extends KeyInput {
  readonly side: ListSide;
  readonly count: number;
}

/** `showsElements` requires that the caller may read the key: a pop without it shows nothing. */
export async function popListElements(context: Context, input: PopListElementsInput, showsElements: boolean) {
  const { cluster, key } = keyToWrite(context, input);
  if (showsElements) requirePermission(context, 'keys:read', { cluster, key });
  checkCount(input.count, ['input', 'count']);
  const commands = await commandsFor(context, cluster);
  if (showsElements) context.removedValues.requireRoom();
  const elements = await popElements(commands, key, input);
  if (showsElements) context.removedValues.add(elements);
  return { elements, cluster, key };
}

export interface SetListElementInput extends KeyInput {
  readonly index: number;
  readonly value: string;
  readonly valueEncoding: Encoding;
}

/** LSET keeps 32 bits of an index: to Valkey 8, 2^53 - 1 is the tail. */
const largestIndex = 2 ** 31 - 1;

export async function setListElement(context: Context, input: SetListElementInput) {
  const { cluster, key } = keyToWrite(context, input);
  const { index } = input;
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  if (Math.abs(index) > largestIndex) {
    throw invalidInput(`Expected -${largestIndex} to ${largestIndex}, got ${index}.`, ['input', 'index']);
  }
  await setElement(await commandsFor(context, cluster), key, index, value);
  return { cluster, key };
}

export interface InsertListElementInput extends KeyInput {
  readonly where: 'BEFORE' | 'AFTER';
  readonly pivot: string;
  readonly value: string;
  readonly valueEncoding: Encoding;
}

export async function insertListElement(context: Context, input: InsertListElementInput) {
  const { cluster, key } = keyToWrite(context, input);
  const pivot = decodeBytes(input.pivot, input.valueEncoding, ['input', 'pivot']);
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  const commands = await commandsFor(context, cluster);
  const length = await insertElement(commands, key, { where: input.where, pivot, value });
  return { length, applied: length !== null, cluster, key };
}

export interface RemoveListElementsInput extends KeyInput {
  readonly value: string;
  readonly valueEncoding: Encoding;
  readonly count?: number | null | undefined;
  readonly from: ListSide;
}

export async function removeListElements(context: Context, input: RemoveListElementsInput) {
  const { cluster, key } = keyToWrite(context, input);
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  const count = input.count ?? undefined;
  if (count !== undefined && count < 1) {
    throw invalidInput(`Expected 1 or more, got ${count}. To remove all, omit \`count\`.`, ['input', 'count']);
  }
  const commands = await commandsFor(context, cluster);
  return { removed: await removeElements(commands, key, { value, count, from: input.from }), cluster, key };
}

export interface TrimListInput extends KeyInput {
  readonly start: number;
  readonly end: number;
}

export async function trimList(context: Context, input: TrimListInput) {
  const { cluster, key } = keyToWrite(context, input);
  await trim(await commandsFor(context, cluster), key, input.start, input.end);
  return { cluster, key };
}

export interface MoveListElementInput extends MoveInput {
  readonly from: ListSide;
  readonly to: ListSide;
}

/** `showsElement` requires that the caller may read the source. */
export async function moveListElement(context: Context, input: MoveListElementInput, showsElement: boolean) {
  const move = keysToMove(context, input);
  const { cluster, source } = move;
  if (showsElement) requirePermission(context, 'keys:read', { cluster, key: source });
  const element = await moveElement(await commandsFor(context, cluster), move, input);
  return { ...move, element };
}
