import {
  deleteFields,
  readAllFields,
  readField,
  writeFields,
  type HashField,
} from '../../../datasources/valkey/values/hash/hash.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { hashCollection } from '../../../datasources/valkey/values/scans/collections.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { parseExpiry, type ExpiryInput } from '../../../domain/key/expiry.js';
import { commandsFor, decodeFields, decodeList } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import { pageOfElements, type ElementsArgs } from '../element-page.js';
import { hashFieldCursors } from '../scan-cursor.js';
import { keyOfType } from '../key-of-type.js';
import type { KeySelection } from '../key-selection.js';
import { length } from '../key.js';
import { keyToWrite, type KeyInput } from '../written-key.js';

/** The longest hash that `allFields` reads. */
export const maxFields = 1000;

/** @throws ExpectedFailure WRONG_TYPE */
export function hash(
  context: Context,
  cluster: string,
  args: { name: string; encoding: Encoding },
  selection: KeySelection,
) {
  return keyOfType(context, cluster, args, 'HASH', selection);
}

export function hashField(reading: KeySnapshot, { name, encoding }: { name: string; encoding: Encoding }) {
  return readField(reading, decodeBytes(name, encoding, ['name']));
}

/** @throws ExpectedFailure INVALID_STATE for a hash of more than `maxFields` */
export async function allFields(reading: KeySnapshot): Promise<readonly HashField[]> {
  const fields = await length(reading);
  if (fields <= maxFields) return await readAllFields(reading);
  const message = `Expected a hash of at most ${maxFields} fields, got one of ${fields}. Read it in pages with \`fields\`.`;
  throw new ExpectedFailure('INVALID_STATE', message);
}

export function hashFields(reading: KeySnapshot, args: ElementsArgs, context: Pick<Context, 'patterns'>) {
  return pageOfElements(reading, hashCollection, hashFieldCursors, args, context);
}

export interface SetHashFieldsInput extends KeyInput {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly valueEncoding: Encoding;
  readonly keyExpiry?: ExpiryInput | null | undefined;
}

export async function setHashFields(context: Context, input: SetHashFieldsInput) {
  const { cluster, key } = keyToWrite(context, input);
  const fields = decodeFields(input.fields, input, ['input', 'fields']);
  const expiry = input.keyExpiry == null ? undefined : parseExpiry(input.keyExpiry, ['input', 'keyExpiry']);
  const commands = await commandsFor(context, cluster);
  return { added: await writeFields(commands, key, fields, expiry), cluster, key };
}

export async function deleteHashFields(context: Context, input: KeyInput & { readonly fields: readonly string[] }) {
  const { cluster, key } = keyToWrite(context, input);
  const names = decodeList(input.fields, input.encoding, ['input', 'fields']);
  const commands = await commandsFor(context, cluster);
  return { deleted: await deleteFields(commands, key, names), cluster, key };
}
