import { addEntry, removeEntries } from '../../datasources/valkey/values/streams/stream.js';
import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
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
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
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

export async function deleteStreamEntries(
  context: Context,
  input: StreamInput & { readonly entryIds: readonly string[] },
) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
  const ids = checkEntryIds(input.entryIds);
  return { deleted: await removeEntries(await commandsFor(context, input.cluster), stream, ids) };
}
