import { writeFieldExpiry } from '../../../datasources/valkey/values/hash/field-expiry.js';
import { incrementField } from '../../../datasources/valkey/values/hash/hash.js';
import { decodeBytes } from '../../../domain/encoding.js';
import type { ExpiryInput } from '../../../domain/key/expiry.js';
import { parseIncrement } from '../../../domain/key/increment.js';
import { requirePermission } from '../../shared/access.js';
import { commandsFor, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { newExpiry } from '../keys.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';

/** `returnsValue` is set if the caller selects the value, which requires `keys:read`. */
export async function incrementHashField(
  context: Context,
  input: KeyInput & { readonly field: string; readonly by: string },
  returnsValue: boolean,
): Promise<WrittenKey & { value: string }> {
  const { cluster, key } = keyToWrite(context, input);
  if (returnsValue) requirePermission(context, 'keys:read', { cluster, key });
  const field = decodeBytes(input.field, input.encoding, ['input', 'field']);
  const by = parseIncrement(input.by, ['input', 'by']);
  return { value: await incrementField(await commandsFor(context, cluster), key, field, by), cluster, key };
}

export async function setHashFieldExpiry(
  context: Context,
  input: KeyInput & { readonly fields: readonly string[]; readonly expiry: ExpiryInput },
): Promise<WrittenKey & { applied: readonly boolean[] }> {
  const { cluster, key } = keyToWrite(context, input);
  const fields = decodeList(input.fields, input.encoding, ['input', 'fields']);
  const expiry = newExpiry(input.expiry, ['input']);
  return { applied: await writeFieldExpiry(await commandsFor(context, cluster), key, fields, expiry), cluster, key };
}
