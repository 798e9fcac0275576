import { decodeBytes, type Encoding } from '../../domain/encoding.js';
import type { ChannelDelivery, OverflowPolicy } from '../../domain/realtime/delivery.js';
import { invalidInput } from '../../domain/errors.js';
import type { LiveSource } from '../../runtime/live-source.js';
import type { HistoryRequest } from '../../datasources/realtime/interfaces.js';
import { isEntryId } from '../../domain/realtime/stream-id.js';
import { presenceClaim, type PresenceInput } from './channel-presence.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { payloadFilter, type PayloadConditionInput } from './payload-filter.js';

export interface ChannelMessagesArgs {
  readonly cluster: string;
  readonly channels: readonly string[];
  readonly patterns: readonly string[];
  readonly encoding: Encoding;
  readonly sharded: boolean;
  readonly overflow: OverflowPolicy;
  readonly filter?: readonly PayloadConditionInput[] | null | undefined;
  readonly history?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly announce?: boolean | undefined;
  readonly presence?: PresenceInput | null | undefined;
}

/** The most messages of a history in one delivery. */
const longestHistory = 1000;

/**
 * Live messages of channels and patterns of one cluster.
 * @throws ExpectedFailure INVALID_INPUT without a channel or pattern, for sharded patterns, too many or too long patterns, invalid
 * conditions and too much history; Outage FORBIDDEN
 */
export function channelMessages(
  context: PermissionContext & Pick<Context, 'patterns' | 'heldPatterns' | 'client'>,
  {
    cluster,
    channels,
    patterns,
    encoding,
    sharded,
    overflow,
    filter,
    history,
    after,
    announce,
    presence,
  }: ChannelMessagesArgs,
): LiveSource<ChannelDelivery> {
  if (channels.length + patterns.length === 0) {
    throw invalidInput('Expected at least one channel or pattern, got none.', ['channels']);
  }
  if (sharded && patterns.length > 0) {
    throw invalidInput('Expected no patterns: Valkey has none for sharded channels.', ['patterns']);
  }
  const named = channels.map((name) => decodeBytes(name, encoding, ['channels']));
  const matching = context.patterns.readAll(patterns, encoding, ['patterns']);
  for (const channel of named) requirePermission(context, 'channels:read', { cluster, channel });
  for (const channelPattern of matching) requirePermission(context, 'channels:read', { cluster, channelPattern });
  return context.realtime.channelMessages({
    cluster,
    channels: named,
    patterns: matching,
    sharded,
    overflow,
    filter: payloadFilter(filter),
    history: historyRequest(history, after),
    announce,
    presence: presenceClaim(presence),
    holdPatterns: matching.length > 0 ? () => context.heldPatterns.hold(context.client, cluster, matching) : undefined,
  });
}

function historyRequest(last: number | null | undefined, after: string | null | undefined): HistoryRequest | undefined {
  if (after != null && !isEntryId(after)) {
    throw invalidInput('Expected the `cursor` of a message, or `0` for all kept messages.', ['after']);
  }
  if (last != null && (last < 0 || last > longestHistory)) {
    throw invalidInput(`Expected 0 to ${longestHistory} messages, got ${last}.`, ['history']);
  }
  return last == null && after == null ? undefined : { last: last ?? 0, after: after ?? undefined };
}
