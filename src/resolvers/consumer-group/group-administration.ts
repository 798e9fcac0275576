import {
  claimPending,
  destroyGroup,
  removeConsumer,
  setGroupPosition,
} from '../../datasources/valkey/values/streams/group-administration.js';
import { invalidInput } from '../../domain/errors.js';
import { normalEntryId } from '../../domain/realtime/stream-id.js';
import { checkEntryIds, commandsFor } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import {
  changedGroup,
  consumerOf,
  groupToChange,
  type ChangedGroup,
  type ConsumerInput,
  type GroupInput,
} from './group-input.js';

export async function deleteConsumerGroup(context: Context, input: GroupInput) {
  const { stream, group } = groupToChange(context, input, 'groups:admin');
  const commands = await commandsFor(context, input.cluster);
  const deleted = await destroyGroup(commands, { stream, group });
  return { deleted, ...changedGroup(commands, input, { stream, group }) };
}

export async function setConsumerGroupPosition(
  context: Context,
  input: GroupInput & { readonly after: string },
): Promise<ChangedGroup> {
  const { stream, group } = groupToChange(context, input, 'groups:admin');
  const { after } = input;
  if (after === '-' || after === '+') {
    throw invalidInput(`Expected an entry ID, "0" or "$", got "${after}".`, ['input', 'after']);
  }
  const commands = await commandsFor(context, input.cluster);
  await setGroupPosition(commands, { stream, group }, after);
  return changedGroup(commands, input, { stream, group });
}

export async function deleteConsumer(context: Context, input: ConsumerInput & { readonly dropPending: boolean }) {
  const { stream, group } = groupToChange(context, input, 'groups:admin');
  const consumer = consumerOf(input);
  const commands = await commandsFor(context, input.cluster);
  const dropped = await removeConsumer(commands, { stream, group }, { consumer, dropPending: input.dropPending });
  return { dropped, ...changedGroup(commands, input, { stream, group }) };
}

export interface ClaimEntriesInput extends ConsumerInput {
  readonly entryIds: readonly string[];
  readonly minIdleSeconds: number;
}

export async function claimEntries(context: Context, input: ClaimEntriesInput) {
  const { stream, group } = groupToChange(context, input, 'groups:write');
  const consumer = consumerOf(input);
  const ids = [...new Set(checkEntryIds(input.entryIds).map(normalEntryId))];
  const minIdleMs = Math.round(input.minIdleSeconds * 1000);
  if (minIdleMs < 0 || !Number.isSafeInteger(minIdleMs)) {
    throw invalidInput(`Expected 0 or more seconds, got ${input.minIdleSeconds}.`, ['input', 'minIdleSeconds']);
  }
  const commands = await commandsFor(context, input.cluster);
  const claimed = await claimPending(commands, { stream, group }, { consumer, ids, minIdleMs });
  return { claimed, ...changedGroup(commands, input, { stream, group }) };
}
