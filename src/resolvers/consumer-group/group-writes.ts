import { extendPending } from '../../datasources/valkey/values/streams/pending-entries.js';
import { acknowledge, createGroup } from '../../datasources/valkey/values/streams/stream.js';
import { invalidInput } from '../../domain/errors.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import { normalEntryId } from '../../domain/realtime/stream-id.js';
import { hasPermission, requirePermission } from '../shared/access.js';
import { checkEntryIds, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { changedGroup, consumerOf, groupToChange, type ConsumerInput, type GroupInput } from './group-input.js';

export interface CreateConsumerGroupInput extends GroupInput {
  readonly startAt: string;
  readonly ifNotExists: boolean;
}

export async function createConsumerGroup(context: Context, input: CreateConsumerGroupInput) {
  const { stream, group } = groupToChange(context, input, 'groups:admin');
  const { startAt, ifNotExists } = input;
  if (startAt === '-' || startAt === '+') {
    throw invalidInput(`Expected an entry ID, "0" or "$", got "${startAt}".`, ['input', 'startAt']);
  }
  const commands = await commandsFor(context, input.cluster);
  const toStream = { cluster: input.cluster, key: stream };
  const createsStream = hasPermission(context, 'streams:write', toStream);
  const outcome = await createGroup(commands, { stream, group, startAt, ifNotExists, createsStream });
  if (outcome === 'no stream') throw permissionDenied('streams:write', toStream);
  return { created: outcome === 'created', ...changedGroup(commands, input, { stream, group }) };
}

export interface AcknowledgeEntriesInput extends GroupInput {
  readonly entryIds: readonly string[];
  readonly delete: boolean;
}

export async function acknowledgeEntries(context: Context, input: AcknowledgeEntriesInput) {
  const { stream, group } = groupToChange(context, input, 'groups:write');
  // The entries are deleted for other groups too.
  if (input.delete) requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
  const ids = checkEntryIds(input.entryIds);
  const commands = await commandsFor(context, input.cluster);
  const acknowledged = await acknowledge(commands, { stream, group, ids, remove: input.delete });
  context.realtime.acknowledged({ cluster: input.cluster, stream, group }, ids);
  return { acknowledged };
}

export interface ExtendEntriesInput extends ConsumerInput {
  readonly entryIds: readonly string[];
}

/** Resets the idle time of the entries that the consumer still holds, and reports the others as lost. */
export async function extendEntries(context: Context, input: ExtendEntriesInput) {
  const { stream, group } = groupToChange(context, input, 'groups:write');
  const consumer = consumerOf(input);
  const ids = [...new Set(checkEntryIds(input.entryIds).map(normalEntryId))];
  const commands = await commandsFor(context, input.cluster);
  const extended = await extendPending(commands, { stream, group, consumer, ids });
  const held = new Set(extended);
  return { extended, lost: ids.filter((id) => !held.has(id)) };
}
