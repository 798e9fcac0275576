import { addEntry, removeEntries, removeEntriesOneByOne } from '../../datasources/valkey/values/streams/entry-writes.js';
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
  const stream = streamToWrite(context, input);
  const fields = decodeFields(input.fields, input, ['input', 'fields']);
  const { entryId, maxLength } = input;
  if (entryId != null) checkEntryId(entryId, ['input', 'entryId']);
  if (maxLength != null && maxLength < 0) {
    throw invalidInput(`Expected 0 or more, got ${maxLength}.`, ['input', 'maxLength']);
  }
  const commands = await commandsFor(context, input.cluster);
  const entry = { stream, fields, id: entryId ?? undefined, maxLength: maxLength ?? undefined };
  return { entryId: await addEntry(commands, entry) };
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
export function streamToWrite(context: Context, input: StreamInput): Buffer {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
  return stream;
}
