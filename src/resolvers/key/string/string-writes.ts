import {
  addElements,
  appendValue,
  increment,
  takeValue,
  writeBit,
  writeRange,
} from '../../../datasources/valkey/values/string/string-writes.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { parseIncrement } from '../../../domain/key/increment.js';
import { requirePermission } from '../../shared/access.js';
import { commandsFor, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';
import { checkOffset } from './string-reads.js';

interface ValueInput extends KeyInput {
  readonly value: string;
  readonly valueEncoding: Encoding;
}

export async function appendToString(context: Context, input: ValueInput): Promise<WrittenKey & { length: number }> {
  const { cluster, key } = keyToWrite(context, input);
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  return { length: await appendValue(await commandsFor(context, cluster), key, value), cluster, key };
}

/** `returnsValue` is set if the caller selects the value, which requires `keys:read`. */
export async function incrementString(
  context: Context,
  input: KeyInput & { readonly by: string },
  returnsValue: boolean,
): Promise<WrittenKey & { value: string }> {
  const { cluster, key } = keyToWrite(context, input);
  if (returnsValue) requirePermission(context, 'keys:read', { cluster, key });
  const by = parseIncrement(input.by, ['input', 'by']);
  return { value: await increment(await commandsFor(context, cluster), key, by), cluster, key };
}

export async function setStringRange(
  context: Context,
  input: ValueInput & { readonly offset: number },
): Promise<WrittenKey & { length: number }> {
  const { cluster, key } = keyToWrite(context, input);
  checkOffset(input.offset, ['input', 'offset']);
  const value = decodeBytes(input.value, input.valueEncoding, ['input', 'value']);
  const commands = await commandsFor(context, cluster);
  return { length: await writeRange(commands, key, input.offset, value), cluster, key };
}

/** Requires `keys:read` too, because it returns the value. */
export async function takeString(context: Context, input: KeyInput): Promise<WrittenKey & { value: Buffer | null }> {
  const { cluster, key } = keyToWrite(context, input);
  requirePermission(context, 'keys:read', { cluster, key });
  const { removedValues } = context;
  removedValues.requireRoom();
  const value = await takeValue(await commandsFor(context, cluster), key, (bytes) => removedValues.requireRoom(bytes));
  removedValues.add([value]);
  return { value, cluster, key };
}

/** `returnsPrevious` is set if the caller selects the former bit, which requires `keys:read`. */
export async function setBit(
  context: Context,
  input: KeyInput & { readonly offset: number; readonly value: boolean },
  returnsPrevious: boolean,
): Promise<WrittenKey & { previous: boolean }> {
  const { cluster, key } = keyToWrite(context, input);
  if (returnsPrevious) requirePermission(context, 'keys:read', { cluster, key });
  checkOffset(input.offset, ['input', 'offset']);
  const commands = await commandsFor(context, cluster);
  return { previous: await writeBit(commands, key, input.offset, input.value), cluster, key };
}

export async function addToHyperLogLog(
  context: Context,
  input: KeyInput & { readonly elements: readonly string[]; readonly valueEncoding: Encoding },
): Promise<WrittenKey & { changed: boolean }> {
  const { cluster, key } = keyToWrite(context, input);
  const elements = decodeList(input.elements, input.valueEncoding, ['input', 'elements']);
  return { changed: await addElements(await commandsFor(context, cluster), key, elements), cluster, key };
}
