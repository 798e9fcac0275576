import { countKeys, deleteKeys as remove, setExpiry } from '../../datasources/valkey/values/keys/keys.js';
import type { Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { parseExpiry, type ExpiryInput } from '../../domain/key/expiry.js';
import { requirePermission } from '../shared/access.js';
import { commandsFor, decodeList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { keyToWrite, type KeyInput } from './written-key.js';

/** The pattern that matches all keys. */
export const everyKey = Buffer.from('*');

/** Requires the permission for all keys, because the number includes them all. */
export async function keyCount(context: Context, cluster: string): Promise<number> {
  requirePermission(context, 'keys:read', { cluster, keyPattern: everyKey });
  return await countKeys(await context.connections.commands(cluster));
}

export interface SetKeyExpiryInput extends KeyInput {
  readonly expiry: ExpiryInput;
}

export async function setKeyExpiry(context: Context, input: SetKeyExpiryInput) {
  const { cluster, key } = keyToWrite(context, input);
  const expiry = parseExpiry(input.expiry, ['input', 'expiry']);
  if (expiry.kind === 'keep') {
    throw invalidInput('Expected `seconds`, `at` or NEVER, got KEEP, which would change nothing.', [
      'input',
      'expiry',
      'policy',
    ]);
  }
  const commands = await commandsFor(context, cluster);
  return { applied: await setExpiry(commands, key, expiry), cluster, key };
}

export async function deleteKeys(
  context: Context,
  input: { cluster: string; keys: readonly string[]; encoding: Encoding },
) {
  const keys = decodeList(input.keys, input.encoding, ['input', 'keys']);
  for (const key of keys) requirePermission(context, 'keys:write', { cluster: input.cluster, key });
  return { deleted: await remove(await commandsFor(context, input.cluster), keys) };
}
