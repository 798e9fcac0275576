import { deleteStringIfEquals as remove } from '../../../datasources/valkey/values/string/conditional-string.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { requirePermission } from '../../shared/access.js';
import { commandsFor } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';

export interface DeleteStringIfEqualsInput extends KeyInput {
  readonly expected: string;
  readonly valueEncoding: Encoding;
}

export interface DeletedString extends WrittenKey {
  readonly deleted: boolean;
}

/** Requires `keys:read` too, because the outcome reveals whether the value is the expected one. */
export async function deleteStringIfEquals(context: Context, input: DeleteStringIfEqualsInput): Promise<DeletedString> {
  const { cluster, key } = keyToWrite(context, input);
  requirePermission(context, 'keys:read', { cluster, key });
  const expected = decodeBytes(input.expected, input.valueEncoding, ['input', 'expected']);
  const commands = await commandsFor(context, cluster);
  return { deleted: await remove(commands, key, expected), cluster, key };
}
