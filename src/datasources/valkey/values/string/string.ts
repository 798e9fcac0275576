import type { Expiry } from '../../../../domain/key/expiry.js';
import { sendCommand } from '../expected-failure.js';
import { expiryOption } from '../expiry-command.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { bytesOrNull } from '../../replies.js';

export interface StringWrite {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly expiry?: Expiry | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | undefined;
  /** Whether to return the previous value. A key of another type is then refused instead of replaced. */
  readonly needsPrevious: boolean;
}

/** Resolves to whether the condition was met, and to the previous value if it was requested. */
export async function writeString(
  commands: ValkeyCommands,
  { key, value, expiry, condition, needsPrevious }: StringWrite,
): Promise<{ applied: boolean; previous: Buffer | null }> {
  const options = [
    ...(condition === 'IF_ABSENT' ? ['NX'] : []),
    ...(condition === 'IF_PRESENT' ? ['XX'] : []),
    ...(needsPrevious ? ['GET'] : []),
    ...(expiry ? expiryOption(expiry) : []),
  ];
  const reply = bytesOrNull(
    await sendCommand(commands, { args: ['SET', key, value, ...options], key }, ['input', 'key']),
  );
  if (!needsPrevious) return { applied: reply !== null, previous: null };
  // With GET, the reply is the previous value. Whether there was one decides the condition.
  const applied = condition === 'IF_ABSENT' ? reply === null : condition !== 'IF_PRESENT' || reply !== null;
  return { applied, previous: reply };
}
