import type { ChannelDelivery, ChannelMessage } from '../../domain/delivery.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

/** All subscribers of the same channels and patterns: they share every delivery object. */
export interface ChannelFeed {
  readonly subscribers: Set<ChannelSubscriber>;
  push(message: ChannelMessage): void;
  /** Messages may have been lost between those pushed so far and those to come. */
  reconnected(): void;
  /** Hands over what was pushed since the last flush, as one delivery. */
  flush(): void;
  fail(reason: Error): void;
}

/** A feed without subscribers. */
export function createChannelFeed(): ChannelFeed {
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
    push: (message) => void messages.push(message),
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
