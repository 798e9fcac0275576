import { copyKey as copy, renameKey as rename } from '../../datasources/valkey/values/keys/key-names.js';
import { decodeBytes } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { requirePermission } from '../shared/access.js';
import { commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { keyToWrite, requireNoReveal, type KeyInput, type WrittenKey } from './written-key.js';

/** Two keys, both of which the caller must be allowed to write. */
interface NewKeyInput extends KeyInput {
  readonly newKey: string;
}

/** The key of the result is the one with the new name. */
interface Renamed extends WrittenKey {
  readonly applied: boolean;
}

export async function renameKey(
  context: Context,
  input: NewKeyInput & { readonly onlyIfAbsent: boolean },
): Promise<Renamed> {
  const { cluster, key, newKey } = keysToWrite(context, input);
  const applied = await rename(await commandsFor(context, cluster), { key, newKey }, input.onlyIfAbsent);
  return { applied, cluster, key: newKey };
}

export async function copyKey(context: Context, input: NewKeyInput & { readonly replace: boolean }): Promise<Renamed> {
  const { cluster, key, newKey } = keysToWrite(context, input);
  if (newKey.equals(key))
    throw invalidInput('Expected another name than that of `key`, got the same.', ['input', 'newKey']);
  const applied = await copy(await commandsFor(context, cluster), { key, newKey }, input.replace);
  return { applied, cluster, key: newKey };
}

function keysToWrite(context: Context, input: NewKeyInput): WrittenKey & { readonly newKey: Buffer } {
  const { cluster, key } = keyToWrite(context, input);
  const newKey = decodeBytes(input.newKey, input.encoding, ['input', 'newKey']);
  requirePermission(context, 'keys:write', { cluster, key: newKey });
  requireNoReveal(context, { cluster, source: key, destination: newKey });
  return { cluster, key, newKey };
}
