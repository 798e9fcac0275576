import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

/** All subscribers with the same channels, patterns and filter. They share every delivery object. */
export interface ChannelFeed {
  readonly subscribers: Set<ChannelSubscriber>;
  /** Queues the message for the next flush. Returns false if the feed does not deliver it. */
  push(message: ChannelMessage): boolean;
  /** Messages are lost from now on until `reconnected`. */
  interrupted(): void;
  /** Messages may have been lost between the last pushed message and the next. */
  reconnected(): void;
  /** Delivers the messages that were pushed since the last flush, as one delivery. */
  flush(): void;
  fail(reason: Error): void;
}

export function createChannelFeed(filter?: PayloadFilter): ChannelFeed {
  const subscribers = new Set<ChannelSubscriber>();
  let messages: ChannelMessage[] = [];
  let gap: ChannelDelivery['gap'] = null;

  const flush = (): void => {
    if (messages.length === 0 && gap === null) return;
    const delivery: ChannelDelivery = { messages, gap };
    messages = [];
    gap = null;
    for (const subscriber of [...subscribers]) subscriber.deliver(delivery);
  };
  return {
    subscribers,
    push(message) {
      if (filter && !filter.matches(message)) return false;
      messages.push(message);
      return true;
    },
    interrupted: () => undefined,
    reconnected() {
      flush();
      gap = { reason: 'RECONNECTED', missed: null };
    },
    flush,
    fail(reason) {
      for (const subscriber of [...subscribers]) subscriber.fail(reason);
    },
  };
}
