import type { Expiry } from '../../../domain/key/expiry.js';
import { ask } from './expected-failure.js';
import { expiryOption } from './expiry-command.js';
import type { ValkeyCommands } from '../interfaces.js';
import { bytesOrNull } from '../replies.js';

export interface StringWrite {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly expiry?: Expiry | undefined;
  readonly condition?: 'IF_ABSENT' | 'IF_PRESENT' | undefined;
  /** Whether the value that stood is wanted; then a key of another type is refused rather than replaced. */
  readonly wantsPrevious: boolean;
}

/** Whether the condition was met, and the value that stood where it is wanted. */
export async function writeString(
  commands: ValkeyCommands,
  { key, value, expiry, condition, wantsPrevious }: StringWrite,
): Promise<{ applied: boolean; previous: Buffer | null }> {
  const options = [
    ...(condition === 'IF_ABSENT' ? ['NX'] : []),
    ...(condition === 'IF_PRESENT' ? ['XX'] : []),
    ...(wantsPrevious ? ['GET'] : []),
    ...(expiry ? expiryOption(expiry) : []),
  ];
  const reply = bytesOrNull(await ask(commands, { args: ['SET', key, value, ...options], key }, ['input', 'key']));
  if (!wantsPrevious) return { applied: reply !== null, previous: null };
  // With GET the reply is the value that stood, and whether one stood is what the conditions ask.
  const applied = condition === 'IF_ABSENT' ? reply === null : condition !== 'IF_PRESENT' || reply !== null;
  return { applied, previous: reply };
}
