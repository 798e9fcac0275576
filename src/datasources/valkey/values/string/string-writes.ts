import { bytesOrNull, numberOf, textOf } from '../../replies.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { sendWrite } from '../write-command.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import type { Increment } from '../../../../domain/key/increment.js';

/** Resolves to the length of the value afterwards. */
export async function appendValue(commands: ValkeyCommands, key: Buffer, value: Buffer): Promise<number> {
  return numberOf(await sendWrite(commands, { args: ['APPEND', key, value], key }, { invalid: 'value' }));
}

/** Resolves to the value afterwards, as Valkey writes it. */
export async function increment(commands: ValkeyCommands, key: Buffer, by: Increment): Promise<string> {
  return textOf(await sendWrite(commands, { args: incrementCommand(key, by), key }, { invalid: 'by' }));
}

/** The reply to INCRBY is an integer, that to INCRBYFLOAT is text. */
export function incrementCommand(key: Buffer, by: Increment): Command['args'] {
  return [by.isInteger ? 'INCRBY' : 'INCRBYFLOAT', key, by.text];
}

/** Overwrites bytes from the offset on. Resolves to the length of the value afterwards. */
export async function writeRange(
  commands: ValkeyCommands,
  key: Buffer,
  offset: number,
  value: Buffer,
): Promise<number> {
  const args = ['SETRANGE', key, String(offset), value] as const;
  return numberOf(await sendWrite(commands, { args, key }, { invalid: 'offset' }));
}

/**
 * Deletes the key. Resolves to its last value; null if there was none.
 * @param checkLength receives the length first, and throws if the value is not to be deleted. Not called if the user may not read the
 * length. The value may become longer between the two commands.
 */
export async function takeValue(
  commands: ValkeyCommands,
  key: Buffer,
  checkLength: (bytes: number) => void,
): Promise<Buffer | null> {
  const length = await sendWrite(commands, { args: ['STRLEN', key], key }).catch((cause: unknown) => {
    if (cause instanceof ExpectedFailure && cause.code === 'PERMISSION_DENIED') return null;
    throw cause;
  });
  if (length !== null) checkLength(numberOf(length));
  return bytesOrNull(await sendWrite(commands, { args: ['GETDEL', key], key }));
}

/** Resolves to the bit before. */
export async function writeBit(commands: ValkeyCommands, key: Buffer, offset: number, bit: boolean): Promise<boolean> {
  const args = ['SETBIT', key, String(offset), bit ? '1' : '0'] as const;
  return numberOf(await sendWrite(commands, { args, key }, { invalid: 'offset' })) === 1;
}

/** Resolves to whether the estimate of the number of elements may have changed. */
export async function addElements(
  commands: ValkeyCommands,
  key: Buffer,
  elements: readonly Buffer[],
): Promise<boolean> {
  return numberOf(await sendWrite(commands, { args: ['PFADD', key, ...elements], key })) === 1;
}
