import type { ChannelDelivery, ChannelMessage } from '../../../domain/realtime/delivery.js';
import type { PayloadFilter } from '../../../domain/realtime/payload-filter.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

/** All subscribers of the same channels and patterns by the same filter: they share every delivery object. */
export interface ChannelFeed {
  readonly subscribers: Set<ChannelSubscriber>;
  /** Whether the message is to be delivered: it is not where the filter keeps it back. */
  push(message: ChannelMessage): boolean;
  /** Messages are being lost, until `reconnected`. */
  interrupted(): void;
  /** Messages may have been lost between those pushed so far and those to come. */
  reconnected(): void;
  /** Hands over what was pushed since the last flush, as one delivery. */
  flush(): void;
  fail(reason: Error): void;
}

/** A feed without subscribers. */
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
