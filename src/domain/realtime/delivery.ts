import type { StreamEntry } from './stream-entry.js';
import type { SubscriptionStart } from './subscription-start.js';

/** The deliveries of subscriptions. They are immutable, because equal subscribers share one. */

type GapReason = 'RECONNECTED' | 'SLOW_SUBSCRIBER' | 'TRIMMED' | 'GROUP_REMADE' | 'GROUP_AHEAD';

/** Reports that deliveries may have been lost before the one that contains it. */
export interface Gap {
  readonly reason: GapReason;
  /** The number of lost deliveries; null if it is unknown. */
  readonly missed: number | null;
}

export interface ChannelMessage {
  readonly channel: Buffer;
  /** The pattern that matched; undefined if the channel itself was subscribed. */
  readonly pattern?: Buffer | undefined;
  readonly payload: Buffer;
  readonly receivedAt: Date;
  /** The address of the node that has sent it, as `host:port`; undefined for a message from a history. */
  readonly node?: string | undefined;
  /** The ID of its entry in the channel's history; undefined without a history, or if the subscriber did not request it. */
  readonly cursor?: string | undefined;
}

/**
 * The messages that arrived in one tick of the event loop, in order. Without messages if it only reports a gap or the
 * start.
 */
export interface ChannelDelivery {
  readonly messages: readonly ChannelMessage[];
  readonly gap: Gap | null;
  /** The cursor after a gap in a channel's history. A subscriber that resumes after it does not receive this gap again. */
  readonly cursor?: string | undefined;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
}

/** Entries that became readable together, in order. Without entries only if it reports a gap or the start. */
export interface StreamDelivery {
  readonly entries: readonly StreamEntry[];
  readonly gap: Gap | null;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
}

export interface GroupEntry {
  readonly entry: StreamEntry;
  /** The number of deliveries in the group, including this one. */
  readonly deliveryCount: number;
  /** Whether it was claimed from another consumer. */
  readonly claimed: boolean;
}

/** Entries that a group delivers to one consumer together. Without entries only if it reports a gap or the start. */
export interface GroupDelivery {
  readonly entries: readonly GroupEntry[];
  readonly gap: Gap | null;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
}

/** The policy for messages to a subscriber whose queue is full. */
export type OverflowPolicy = 'DISCONNECT' | 'DROP_OLDEST' | 'KEEP_LATEST';

/** Whether clients acknowledge the entries of a consumer group, or the API does when it sends them. */
export type AckMode = 'MANUAL' | 'ON_SEND';
