import { CommandError } from '../../command-error.js';
import { bytesOf, numberOf } from '../../replies.js';
import { expectedFailure, sendCommand } from '../expected-failure.js';
import type { KeySnapshot } from '../keys/key-snapshot.js';

type StringKey = Pick<KeySnapshot, 'commands' | 'name'>;

/** The unit in which positions are counted. */
export type BitUnit = 'BYTE' | 'BIT';

/** Bytes `start` to `end`, both included; negative ones count from the end. Empty if the value has none of them. */
export async function readRange({ commands, name: key }: StringKey, start: number, end: number): Promise<Buffer> {
  const args = ['GETRANGE', key, String(start), String(end)] as const;
  return bytesOf(await sendCommand(commands, { args, key }));
}

/** @throws ExpectedFailure INVALID_INPUT at `offset` if no string may be so long */
export async function readBit({ commands, name: key }: StringKey, offset: number): Promise<boolean> {
  return numberOf(await sendCommand(commands, { args: ['GETBIT', key, String(offset)], key }, ['offset'])) === 1;
}

export async function countBits(
  { commands, name: key }: StringKey,
  range: { readonly start: number; readonly end: number; readonly unit: BitUnit } | undefined,
): Promise<number> {
  const bounds = range ? [String(range.start), String(range.end), range.unit] : [];
  return numberOf(await sendCommand(commands, { args: ['BITCOUNT', key, ...bounds], key }));
}

/** Null if the value is not a HyperLogLog, or is a corrupt one. */
export async function readCardinality({ commands, name: key }: StringKey): Promise<number | null> {
  try {
    return numberOf(await commands.send({ args: ['PFCOUNT', key], key }));
  } catch (error) {
    if (error instanceof CommandError && /^(?:WRONGTYPE|INVALIDOBJ)$/.test(error.prefix)) return null;
    throw expectedFailure(error);
  }
}
