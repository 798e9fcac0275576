import type { Gap } from './delivery.js';
import type { SubscriptionStart } from './subscription-start.js';

/** The deliveries of subscriptions that watch keys. They are immutable, because equal subscribers share one. */

/** A keyspace notification. */
export interface KeyEvent {
  readonly cluster: string;
  readonly key: Buffer;
  /** e.g. `set`, `expired`, `del`. */
  readonly event: string;
  /** The address of the node that has sent it, as `host:port`; undefined if it is unknown. */
  readonly node: string | undefined;
  readonly receivedAt: Date;
}

/** The events that arrived in one tick of the event loop. Without events if it only reports a gap or the start. */
export interface KeyEventDelivery {
  readonly events: readonly KeyEvent[];
  readonly gap: Gap | null;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
}

/** A key that may have changed, or whose subscription begins. The key is to be read now. */
export interface KeyChange {
  readonly cluster: string;
  readonly key: Buffer;
  readonly gap: Gap | null;
  /** In the first delivery, if the subscriber requested it. */
  readonly started?: SubscriptionStart | undefined;
  /** To be called with each read of the key for this change. The next change is delivered when these reads have ended. */
  reading(this: void, read: Promise<unknown>): void;
}
