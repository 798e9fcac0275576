import {
  deleteFields,
  deleteFieldsOneByOne,
  readAllFields,
  readField,
  withExpiries,
  writeFields,
  type HashField,
  type HashWrite,
} from '../../../datasources/valkey/values/hash/hash.js';
import type { ExpiryFact } from '../../../datasources/valkey/values/hash/field-expiry.js';
import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import { hashCollection } from '../../../datasources/valkey/values/scans/collections.js';
import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { dateTimeOf } from '../../../runtime/date-time.js';
import { parseExpiry, type ExpiryInput } from '../../../domain/key/expiry.js';
import { commandsFor, decodeFields, decodeList, distinctBytes } from '../../shared/checks.js';
import type { Context } from '../../shared/context.js';
import type { Page } from '../../shared/page.js';
import { pageOfElements, type ElementsArgs } from '../element-page.js';
import { hashFieldCursors } from '../scan-cursor.js';
import { length } from '../key.js';
import { keyToWrite, type KeyInput, type WrittenKey } from '../written-key.js';

/** The longest hash that `allFields` reads. */
export const maxFields = 1000;

/** What is selected about the expiry of fields. */
interface Expiries {
  readonly expiry: readonly ExpiryFact[];
}

export function hashField(
  reading: KeySnapshot,
  { name, encoding, expiry }: { name: string; encoding: Encoding } & Expiries,
): Promise<HashField | null> {
  return readField(reading, decodeBytes(name, encoding, ['name']), expiry);
}

/** @throws ExpectedFailure INVALID_STATE for a hash of more than `maxFields` */
export async function allFields(reading: KeySnapshot, { expiry }: Expiries): Promise<readonly HashField[]> {
  const fields = await length(reading);
  if (fields <= maxFields) return await withExpiries(reading, await readAllFields(reading), expiry);
  const message = `Expected a hash of at most ${maxFields} fields, got one of ${fields}. Read it in pages with \`fields\`.`;
  throw new ExpectedFailure('INVALID_STATE', message);
}

/** Null if the field does not expire, or the engine has no expiry of fields. */
export function fieldTtlSeconds({ expiry }: HashField): number | null {
  const milliseconds = known(expiry?.ttl);
  return milliseconds === null ? null : milliseconds / 1000;
}

/** Null if the field does not expire, expires at a time that RFC 3339 cannot express, or the engine has no expiry of fields. */
export function fieldExpiresAt({ expiry }: HashField): Date | null {
  const milliseconds = known(expiry?.expiresAt);
  return milliseconds === null ? null : dateTimeOf(milliseconds);
}

/** @throws the reason why Valkey did not say it */
function known(answer: number | null | undefined | Error): number | null {
  if (answer instanceof Error) throw answer;
  return answer ?? null;
}

export async function hashFields(
  reading: KeySnapshot,
  { expiry, ...args }: ElementsArgs & Expiries,
  context: Pick<Context, 'patterns'>,
): Promise<Page<HashField>> {
  const page = await pageOfElements(reading, hashCollection, hashFieldCursors, args, context);
  if (expiry.length === 0) return page;
  const fields = page.edges.map(({ cursor, node }) => ({ ...node, cursor }));
  const found = await withExpiries(reading, fields, expiry);
  return { ...page, edges: found.map(({ cursor, ...node }) => ({ cursor, node })) };
}

/** The part of `setHashFields` that is also an operation of a transaction. */
export interface SetHashFieldsOperation {
  readonly encoding: Encoding;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly valueEncoding: Encoding;
  readonly keyExpiry?: ExpiryInput | null | undefined;
}

export interface SetHashFieldsInput extends KeyInput, SetHashFieldsOperation {}

export async function setHashFields(context: Context, input: SetHashFieldsInput) {
  const { cluster, key } = keyToWrite(context, input);
  const write = hashWrite(key, input, ['input']);
  const commands = await commandsFor(context, cluster);
  return { added: await writeFields(commands, write), cluster, key };
}

/** @throws ExpectedFailure INVALID_INPUT below `path` */
export function hashWrite(key: Buffer, input: SetHashFieldsOperation, path: readonly string[]): HashWrite {
  const fields = decodeFields(input.fields, input, [...path, 'fields']);
  const expiry = input.keyExpiry == null ? undefined : parseExpiry(input.keyExpiry, [...path, 'keyExpiry']);
  return { key, fields, expiry };
}

export interface DeleteHashFieldsInput extends KeyInput {
  readonly fields: readonly string[];
}

export interface DeletedHashFields extends WrittenKey {
  readonly deleted: number;
  /** Present if the names were requested. */
  readonly names?: readonly Buffer[];
  readonly encoding: Encoding;
}

/** `needsNames` deletes each field by a command of its own, so it is set only if the names of the deleted fields are selected. */
export async function deleteHashFields(
  context: Context,
  input: DeleteHashFieldsInput,
  needsNames: boolean,
): Promise<DeletedHashFields> {
  const { cluster, key } = keyToWrite(context, input);
  const { encoding } = input;
  const fields = decodeList(input.fields, encoding, ['input', 'fields']);
  const commands = await commandsFor(context, cluster);
  if (!needsNames) return { deleted: await deleteFields(commands, key, fields), encoding, cluster, key };
  const names = await deleteFieldsOneByOne(commands, key, distinctBytes(fields));
  return { deleted: names.length, names, encoding, cluster, key };
}
