import {
  countKeys,
  deleteKeys as remove,
  deleteTypedKeys,
  setExpiry,
  type DeletedKey,
} from '../../datasources/valkey/values/keys/keys.js';
import type { Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { parseExpiry, type ChangingExpiry, type ExpiryInput } from '../../domain/key/expiry.js';
import { requirePermission } from '../shared/access.js';
import { commandsFor, decodeList, distinctBytes } from '../shared/checks.js';
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
  const expiry = newExpiry(input.expiry, ['input']);
  const commands = await commandsFor(context, cluster);
  return { applied: await setExpiry(commands, key, expiry), cluster, key };
}

/** @throws ExpectedFailure INVALID_INPUT below `path`, also for KEEP */
export function newExpiry(input: ExpiryInput, path: readonly string[]): ChangingExpiry {
  const expiry = parseExpiry(input, [...path, 'expiry']);
  if (expiry.kind !== 'keep') return expiry;
  const message = 'Expected `seconds`, `at` or NEVER, got KEEP, which would change nothing.';
  throw invalidInput(message, [...path, 'expiry', 'policy']);
}

export interface DeleteKeysInput {
  readonly cluster: string;
  readonly keys: readonly string[];
  readonly encoding: Encoding;
}

/** The keys that were deleted, if they were requested; an error if only their types could not be read. */
interface DeletedKeys {
  readonly deleted: number;
  readonly keys?: readonly (DeletedKey & { readonly cluster: string })[] | Error;
}

/** `needsKeys` reads the type of each key before it is deleted, so it is set only if the deleted keys are selected. */
export async function deleteKeys(context: Context, input: DeleteKeysInput, needsKeys: boolean): Promise<DeletedKeys> {
  const keys = keysToDelete(context, input, ['input']);
  if (needsKeys) for (const key of keys) requirePermission(context, 'keys:read', { cluster: input.cluster, key });
  const commands = await commandsFor(context, input.cluster);
  if (!needsKeys) return { deleted: await remove(commands, keys) };
  const found = await deleteTypedKeys(commands, distinctBytes(keys));
  if (found.keys instanceof Error) return { deleted: found.deleted, keys: found.keys };
  const cluster = input.cluster.toLowerCase();
  return { deleted: found.deleted, keys: found.keys.map((key) => ({ ...key, cluster })) };
}

/**
 * The keys that the caller wants to delete and may write.
 * @throws ExpectedFailure INVALID_INPUT below `path`; Outage FORBIDDEN
 */
export function keysToDelete(context: Context, input: DeleteKeysInput, path: readonly string[]): readonly Buffer[] {
  const keys = decodeList(input.keys, input.encoding, [...path, 'keys']);
  for (const key of keys) requirePermission(context, 'keys:write', { cluster: input.cluster, key });
  return keys;
}
