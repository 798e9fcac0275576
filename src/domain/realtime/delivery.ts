import type { StreamEntry } from './stream-entry.js';
import type { SubscriptionStart } from './subscription-start.js';

/** What subscriptions deliver. Deliveries are never changed once made: all equal subscribers share one. */

type GapReason = 'RECONNECTED' | 'SLOW_SUBSCRIBER' | 'TRIMMED' | 'GROUP_REMADE' | 'GROUP_AHEAD';

/** Deliveries may have been lost before the one that carries this. */
export interface Gap {
  readonly reason: GapReason;
  /** How many were lost; null where that cannot be known. */
  readonly missed: number | null;
}

export interface ChannelMessage {
  readonly channel: Buffer;
  /** The pattern that matched; absent where the channel itself was subscribed. */
  readonly pattern?: Buffer | undefined;
  readonly payload: Buffer;
  readonly receivedAt: Date;
  /** The ID of its entry in the channel's history, for who asked for that; absent where it has none. */
  readonly cursor?: string | undefined;
}

/** What arrived in one turn of the event loop, in order; without messages if it only reports a gap or the start. */
export interface ChannelDelivery {
  readonly messages: readonly ChannelMessage[];
  readonly gap: Gap | null;
  /** The cursor behind a gap in a channel's history: whoever resumes after it is not told of this gap again. */
  readonly cursor?: string | undefined;
  /** In the first delivery of a subscription that asked for it. */
  readonly started?: SubscriptionStart | undefined;
}

/** Entries that became readable together, in order; without entries only if it carries a gap or `started`. */
export interface StreamDelivery {
  readonly entries: readonly StreamEntry[];
  readonly gap: Gap | null;
  /** In the first delivery to a subscriber that asked for it. */
  readonly started?: SubscriptionStart | undefined;
}

export interface GroupEntry {
  readonly entry: StreamEntry;
  /** Deliveries so far in the group, 1 at first. */
  readonly deliveryCount: number;
  /** Whether it was taken over from another consumer. */
  readonly claimed: boolean;
}

/** Entries that a group gives to one consumer together; without entries only if it carries a gap or `started`. */
export interface GroupDelivery {
  readonly entries: readonly GroupEntry[];
  readonly gap: Gap | null;
  /** In the first delivery to a subscriber that asked for it. */
  readonly started?: SubscriptionStart | undefined;
}

/** What becomes of messages for a subscriber whose queue is full. */
export type OverflowPolicy = 'DISCONNECT' | 'DROP_OLDEST' | 'KEEP_LATEST';

/** Who acknowledges the entries of a consumer group. */
export type AckMode = 'MANUAL' | 'ON_SEND';
