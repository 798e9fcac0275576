import { acknowledge, addEntry, createGroup, removeEntries } from '../datasources/valkey/stream.js';
import { decodeBytes, type Encoding } from '../domain/bytes.js';
import { invalidInput } from '../domain/errors.js';
import { checkList, commandsFor, decodeFields } from './checks.js';
import type { Context } from './context.js';

interface StreamInput {
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
  const fields = decodeFields(input.fields, input, ['input', 'fields']);
  const { entryId, maxLength } = input;
  if (entryId != null) checkId(entryId, ['input', 'entryId']);
  if (maxLength != null && maxLength < 0) {
    throw invalidInput(`Expected 0 or more, got ${maxLength}.`, ['input', 'maxLength']);
  }
  const commands = await commandsFor(context, input.cluster);
  const entry = { stream, fields, id: entryId ?? undefined, maxLength: maxLength ?? undefined };
  return { entryId: await addEntry(commands, entry) };
}

export interface CreateConsumerGroupInput extends StreamInput {
  readonly group: string;
  readonly startAt: string;
  readonly ifNotExists: boolean;
}

export async function createConsumerGroup(context: Context, input: CreateConsumerGroupInput) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  const { startAt, ifNotExists } = input;
  if (startAt === '-' || startAt === '+') {
    throw invalidInput(`Expected an entry ID, "0" or "$", got "${startAt}".`, ['input', 'startAt']);
  }
  const commands = await commandsFor(context, input.cluster);
  const created = await createGroup(commands, { stream, group, startAt, ifNotExists });
  return { created, group, stream: { commands, cluster: input.cluster.toLowerCase(), name: stream } };
}

export interface AcknowledgeEntriesInput extends StreamInput {
  readonly group: string;
  readonly entryIds: readonly string[];
  readonly delete: boolean;
}

export async function acknowledgeEntries(context: Context, input: AcknowledgeEntriesInput) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  const ids = checkIds(input.entryIds);
  const commands = await commandsFor(context, input.cluster);
  const acknowledged = await acknowledge(commands, { stream, group, ids, remove: input.delete });
  context.realtime.acknowledged({ cluster: input.cluster, stream, group }, ids);
  return { acknowledged };
}

export async function deleteStreamEntries(
  context: Context,
  input: StreamInput & { readonly entryIds: readonly string[] },
) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const ids = checkIds(input.entryIds);
  return { deleted: await removeEntries(await commandsFor(context, input.cluster), stream, ids) };
}

function checkIds(ids: readonly string[]): readonly string[] {
  checkList(ids, ['input', 'entryIds']);
  ids.forEach((id, index) => checkId(id, ['input', 'entryIds', String(index)]));
  return ids;
}

function checkId(id: string, path: readonly string[]): void {
  if (/^\d/.test(id)) return;
  throw invalidInput(`Expected an entry ID such as "1526919030474-55", got "${id}".`, path);
}
