import { extendPending } from '../../datasources/valkey/values/streams/pending-entries.js';
import { acknowledge, createGroup } from '../../datasources/valkey/values/streams/stream.js';
import { decodeBytes } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import { normalEntryId } from '../../domain/realtime/stream-id.js';
import { requirePermission, hasPermission } from '../shared/access.js';
import { checkEntryIds, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import type { StreamInput } from '../stream/stream-writes.js';

export interface CreateConsumerGroupInput extends StreamInput {
  readonly group: string;
  readonly startAt: string;
  readonly ifNotExists: boolean;
}

export async function createConsumerGroup(context: Context, input: CreateConsumerGroupInput) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  requirePermission(context, 'groups:admin', { cluster: input.cluster, key: stream, group });
  const { startAt, ifNotExists } = input;
  if (startAt === '-' || startAt === '+') {
    throw invalidInput(`Expected an entry ID, "0" or "$", got "${startAt}".`, ['input', 'startAt']);
  }
  const commands = await commandsFor(context, input.cluster);
  const toStream = { cluster: input.cluster, key: stream };
  const createsStream = hasPermission(context, 'streams:write', toStream);
  const outcome = await createGroup(commands, { stream, group, startAt, ifNotExists, createsStream });
  if (outcome === 'no stream') throw permissionDenied('streams:write', toStream);
  return {
    created: outcome === 'created',
    group,
    stream: { commands, cluster: input.cluster.toLowerCase(), name: stream },
  };
}

export interface AcknowledgeEntriesInput extends StreamInput {
  readonly group: string;
  readonly entryIds: readonly string[];
  readonly delete: boolean;
}

export async function acknowledgeEntries(context: Context, input: AcknowledgeEntriesInput) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  requirePermission(context, 'groups:write', { cluster: input.cluster, key: stream, group });
  // The entries are deleted for other groups too.
  if (input.delete) requirePermission(context, 'streams:write', { cluster: input.cluster, key: stream });
  const ids = checkEntryIds(input.entryIds);
  const commands = await commandsFor(context, input.cluster);
  const acknowledged = await acknowledge(commands, { stream, group, ids, remove: input.delete });
  context.realtime.acknowledged({ cluster: input.cluster, stream, group }, ids);
  return { acknowledged };
}

export interface ExtendEntriesInput extends StreamInput {
  readonly group: string;
  readonly consumer: string;
  readonly entryIds: readonly string[];
}

/** Resets the idle time of the entries that the consumer still holds, and reports the others as lost. */
export async function extendEntries(context: Context, input: ExtendEntriesInput) {
  const bytes = (name: 'stream' | 'group' | 'consumer'): Buffer =>
    decodeBytes(input[name], input.encoding, ['input', name]);
  const [stream, group, consumer] = [bytes('stream'), bytes('group'), bytes('consumer')];
  requirePermission(context, 'groups:write', { cluster: input.cluster, key: stream, group });
  const ids = [...new Set(checkEntryIds(input.entryIds).map(normalEntryId))];
  const commands = await commandsFor(context, input.cluster);
  const extended = await extendPending(commands, { stream, group, consumer, ids });
  const held = new Set(extended);
  return { extended, lost: ids.filter((id) => !held.has(id)) };
}
