import { ExpectedFailure } from '../../../../domain/errors.js';
import type { ValkeyCommands } from '../../interfaces.js';
import { numberOf } from '../../replies.js';
import { checkOneSlot } from '../one-slot.js';
import { sendWrite } from '../write-command.js';

/** An existing key, and a name in the same hash slot. */
interface KeyAndName {
  readonly key: Buffer;
  readonly newKey: Buffer;
}

/** Resolves to false if the new name was to be absent and is not. @throws ExpectedFailure NOT_FOUND, CROSS_SLOT */
export async function renameKey(
  commands: ValkeyCommands,
  { key, newKey }: KeyAndName,
  onlyIfAbsent: boolean,
): Promise<boolean> {
  checkOneSlot(commands, key, [{ key: newKey, path: ['input', 'newKey'] }]);
  if (onlyIfAbsent) return numberOf(await sendWrite(commands, { args: ['RENAMENX', key, newKey], key })) === 1;
  await sendWrite(commands, { args: ['RENAME', key, newKey], key });
  return true;
}

/** Resolves to false if the new key exists and was not to be replaced. @throws ExpectedFailure NOT_FOUND, CROSS_SLOT */
export async function copyKey(
  commands: ValkeyCommands,
  { key, newKey }: KeyAndName,
  replace: boolean,
): Promise<boolean> {
  checkOneSlot(commands, key, [{ key: newKey, path: ['input', 'newKey'] }]);
  const args = ['COPY', key, newKey, ...(replace ? ['REPLACE'] : [])] as const;
  if (numberOf(await sendWrite(commands, { args, key })) === 1) return true;
  // COPY replies 0 for a key that does not exist, and for a new key that exists.
  if (replace || numberOf(await sendWrite(commands, { args: ['EXISTS', key], key })) === 0) {
    throw new ExpectedFailure('NOT_FOUND', 'There is no key of this name.', { path: ['input', 'key'] });
  }
  return false;
}
