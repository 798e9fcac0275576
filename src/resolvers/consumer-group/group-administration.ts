import {
  claimPending,
  destroyGroup,
  removeConsumer,
  setGroupPosition,
} from '../../datasources/valkey/values/streams/group-administration.js';
import type { StreamGroup } from '../../datasources/valkey/values/streams/stream.js';
import type { Permission } from '../../domain/access/permissions.js';
import { decodeBytes } from '../../domain/encoding.js';
import { invalidInput } from '../../domain/errors.js';
import { normalEntryId } from '../../domain/realtime/stream-id.js';
import { requirePermission } from '../shared/access.js';
import { checkEntryIds, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import type { StreamInput } from '../stream/stream-writes.js';

export interface GroupInput extends StreamInput {
  readonly group: string;
}

/** The group that a mutation changed, for its payload. */
export interface ChangedGroup {
  readonly group: Buffer;
  readonly stream: StreamGroup['stream'];
}

interface ConsumerInput extends GroupInput {
  readonly consumer: string;
}

export async function deleteConsumerGroup(context: Context, input: GroupInput) {
  const { stream, group } = groupOf(context, input, 'groups:admin');
  const commands = await commandsFor(context, input.cluster);
  const deleted = await destroyGroup(commands, { stream, group });
  return { deleted, ...changed(commands, input, stream, group) };
}

export async function setConsumerGroupPosition(
  context: Context,
  input: GroupInput & { readonly after: string },
): Promise<ChangedGroup> {
  const { stream, group } = groupOf(context, input, 'groups:admin');
  const { after } = input;
  if (after === '-' || after === '+') {
    throw invalidInput(`Expected an entry ID, "0" or "$", got "${after}".`, ['input', 'after']);
  }
  const commands = await commandsFor(context, input.cluster);
  await setGroupPosition(commands, { stream, group }, after);
  return changed(commands, input, stream, group);
}

export async function deleteConsumer(context: Context, input: ConsumerInput & { readonly dropPending: boolean }) {
  const { stream, group } = groupOf(context, input, 'groups:admin');
  const consumer = decodeBytes(input.consumer, input.encoding, ['input', 'consumer']);
  const commands = await commandsFor(context, input.cluster);
  const dropped = await removeConsumer(commands, { stream, group }, { consumer, dropPending: input.dropPending });
  return { dropped, ...changed(commands, input, stream, group) };
}

export interface ClaimEntriesInput extends ConsumerInput {
  readonly entryIds: readonly string[];
  readonly minIdleSeconds: number;
}

export async function claimEntries(context: Context, input: ClaimEntriesInput) {
  const { stream, group } = groupOf(context, input, 'groups:write');
  const consumer = decodeBytes(input.consumer, input.encoding, ['input', 'consumer']);
  const ids = [...new Set(checkEntryIds(input.entryIds).map(normalEntryId))];
  const minIdleMs = Math.round(input.minIdleSeconds * 1000);
  if (minIdleMs < 0 || !Number.isSafeInteger(minIdleMs)) {
    throw invalidInput(`Expected 0 or more seconds, got ${input.minIdleSeconds}.`, ['input', 'minIdleSeconds']);
  }
  const commands = await commandsFor(context, input.cluster);
  const claimed = await claimPending(commands, { stream, group }, { consumer, ids, minIdleMs });
  return { claimed, ...changed(commands, input, stream, group) };
}

/** The group that the caller wants to change and may change. */
function groupOf(context: Context, input: GroupInput, permission: Permission) {
  const stream = decodeBytes(input.stream, input.encoding, ['input', 'stream']);
  const group = decodeBytes(input.group, input.encoding, ['input', 'group']);
  requirePermission(context, permission, { cluster: input.cluster, key: stream, group });
  return { stream, group };
}

function changed(
  commands: StreamGroup['stream']['commands'],
  { cluster }: GroupInput,
  name: Buffer,
  group: Buffer,
): ChangedGroup {
  return { group, stream: { commands, cluster: cluster.toLowerCase(), name } };
}
