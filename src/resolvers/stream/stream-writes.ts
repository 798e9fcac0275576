import {
  addEntry,
  removeEntries,
  removeEntriesOneByOne,
  type NewEntry,
} from '../../datasources/valkey/values/streams/entry-writes.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { normalEntryId } from '../../domain/realtime/stream-id.js';
import { requirePermission } from '../shared/access.js';
import { checkEntryId, checkEntryIds, commandsFor, decodeFields } from '../shared/checks.js';
import type { Context } from '../shared/context.js';

/** The stream that a mutation changes. */
export interface StreamInput {
  readonly cluster: string;
  readonly stream: string;
  readonly encoding: Encoding;
}

export interface AddStreamEntryInput extends StreamInput {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly entryId?: string | null | undefined;
  readonly valueEncoding: Encoding;
  readonly maxLength?: number | null | undefined;
}

export async function addStreamEntry(context: Context, input: AddStreamEntryInput) {
  const entry = newEntry(context, input, ['input']);
  return { entryId: await addEntry(await commandsFor(context, input.cluster), entry) };
}

/**
 * The entry that the caller wants to add and may add.
 * @throws ExpectedFailure INVALID_INPUT below `path`; Outage FORBIDDEN
 */
export function newEntry(context: Context, input: AddStreamEntryInput, path: readonly string[]): NewEntry {
  const stream = streamToWrite(context, input, path);
  const fields = decodeFields(input.fields, input, [...path, 'fields']);
  const { entryId, maxLength } = input;
  if (entryId != null) checkEntryId(entryId, [...path, 'entryId']);
  if (maxLength != null && maxLength < 0) {
    throw invalidInput(`Expected 0 or more, got ${maxLength}.`, [...path, 'maxLength']);
  }
  return { stream, fields, id: entryId ?? undefined, maxLength: maxLength ?? undefined };
}

export interface DeleteStreamEntriesInput extends StreamInput {
  readonly entryIds: readonly string[];
}

/** `needsIds` deletes each entry by a command of its own, so it is set only if the IDs of the deleted entries are selected. */
export async function deleteStreamEntries(
  context: Context,
  input: DeleteStreamEntriesInput,
  needsIds: boolean,
): Promise<{ readonly deleted: number; readonly ids?: readonly string[] }> {
  const stream = streamToWrite(context, input);
  const ids = checkEntryIds(input.entryIds);
  const commands = await commandsFor(context, input.cluster);
  if (!needsIds) return { deleted: await removeEntries(commands, stream, ids) };
  const deleted = await removeEntriesOneByOne(commands, stream, [...new Set(ids.map(normalEntryId))]);
  return { deleted: deleted.length, ids: deleted };
}

/** The stream that the caller wants to change and may change. */
export function streamToWrite(context: Context, input: StreamInput, path: readonly string[] = ['input']): Buffer {
  const stream = decodeBytes(input.stream, input.encoding, [...path, 'stream']);
  requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
  return stream;
}
