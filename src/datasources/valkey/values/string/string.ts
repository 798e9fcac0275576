import type { Expiry } from '../../../../domain/key/expiry.js';
import { sendCommand } from '../expected-failure.js';
import { expiryOption } from '../expiry-command.js';
import type { Command, ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull } from '../../replies.js';
import { conditionalSetCommand, writeStringIfEquals } from './conditional-string.js';

export interface StringWrite {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly expiry?: Expiry | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | undefined;
  /** The value that the key must have. Excludes `condition`. */
  readonly ifEquals?: Buffer | undefined;
}

/**
 * Resolves to whether the condition was met, and to the previous value if it was requested. A key of another type is then refused
 * instead of replaced.
 */
export async function writeString(
  commands: ValkeyCommands,
  write: StringWrite,
  needsPrevious: boolean,
): Promise<{ applied: boolean; previous: Buffer | null }> {
  const { key, condition, ifEquals } = write;
  if (ifEquals) {
    const expiry = expiryOptions(write);
    return await writeStringIfEquals(commands, { key, value: write.value, ifEquals, expiry, needsPrevious });
  }
  const args = [...plainSet(write), ...(needsPrevious ? ['GET'] : [])] as const;
  const reply = bytesOrNull(await sendCommand(commands, { args, key }, ['input', 'key']));
  if (!needsPrevious) return { applied: reply !== null, previous: null };
  // With GET, the reply is the previous value. Whether there was one decides the condition.
  const applied = condition === 'IF_ABSENT' ? reply === null : condition !== 'IF_PRESENT' || reply !== null;
  return { applied, previous: reply };
}

/** The write as one command, which replies OK, or null if the condition is not met. */
export function setCommand(write: StringWrite): Command['args'] {
  const { key, value, ifEquals } = write;
  if (!ifEquals) return plainSet(write);
  return conditionalSetCommand({ key, value, ifEquals, expiry: expiryOptions(write), needsPrevious: false });
}

function plainSet(write: StringWrite): Command['args'] {
  const { key, value, condition } = write;
  return [
    'SET',
    key,
    value,
    ...(condition === 'IF_ABSENT' ? ['NX'] : []),
    ...(condition === 'IF_PRESENT' ? ['XX'] : []),
    ...expiryOptions(write),
  ];
}

function expiryOptions({ expiry }: StringWrite): readonly string[] {
  return expiry ? expiryOption(expiry) : [];
}
