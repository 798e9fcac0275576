import { decodeBytes, type Encoding } from '../domain/bytes.js';
import type { ChannelDelivery, OverflowPolicy } from '../domain/delivery.js';
import { invalidInput } from '../domain/errors.js';
import type { LiveSource } from '../domain/live-source.js';
import type { Context } from './context.js';
import { payloadFilter, type PayloadConditionInput } from './payload-filter.js';

export interface ChannelMessagesArgs {
  readonly cluster: string;
  readonly channels: readonly string[];
  readonly patterns: readonly string[];
  readonly encoding: Encoding;
  readonly sharded: boolean;
  readonly overflow: OverflowPolicy;
  readonly filter?: readonly PayloadConditionInput[] | null | undefined;
}

/**
 * Live messages of channels and patterns of one cluster.
 * @throws ExpectedFailure INVALID_INPUT where no channel or pattern is named, or a sharded pattern, or a condition is none
 */
export function channelMessages(
  { realtime }: Pick<Context, 'realtime'>,
  { cluster, channels, patterns, encoding, sharded, overflow, filter }: ChannelMessagesArgs,
): LiveSource<ChannelDelivery> {
  if (channels.length + patterns.length === 0) {
    throw invalidInput('Expected at least one channel or pattern, got none.', ['channels']);
  }
  if (sharded && patterns.length > 0) {
    throw invalidInput('Expected channels only: Valkey has no patterns of sharded channels.', ['patterns']);
  }
  return realtime.channelMessages({
    cluster,
    channels: channels.map((name) => decodeBytes(name, encoding, ['channels'])),
    patterns: patterns.map((name) => decodeBytes(name, encoding, ['patterns'])),
    sharded,
    overflow,
    filter: payloadFilter(filter),
  });
}
