import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import type { LiveListener } from '../../../runtime/live-source.js';
import type { ChannelFeed } from './channel-feed.js';
import { createChannelSubscriber, type ChannelSubscriber } from './channel-subscriber.js';
import { trackDeliveredCursor } from './delivered-cursor.js';
import { createHistorySubscriber, type FeedHistory } from './history-subscriber.js';
import type { ChannelRequest } from '../interfaces.js';
import { announceStart, type SubscriptionStarts } from './subscription-starts.js';
import type { Topic } from './topic.js';

/** A feed and the data that its subscribers share. */
export interface SharedFeed {
  readonly feed: ChannelFeed;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly history?: FeedHistory | undefined;
  /** Resolves once all topics are subscribed and none of them loses messages. */
  confirmed(this: void): Promise<void>;
  /** One function for all subscribers, to save memory. */
  leave(this: void, subscriber: ChannelSubscriber): void;
}

export function subscribeTo(
  { feed, history, confirmed, leave }: SharedFeed,
  { overflow, history: requestedHistory, announce = false }: ChannelRequest,
  listener: LiveListener<ChannelDelivery>,
  { starts, maxQueuedBytes }: { readonly starts: SubscriptionStarts; readonly maxQueuedBytes: number },
): ChannelSubscriber {
  const createLive = (to: LiveListener<ChannelDelivery>): ChannelSubscriber =>
    createChannelSubscriber(to, { overflow, maxQueuedBytes, leave: () => leave(subscriber) });
  const create = (): ChannelSubscriber => {
    if (history && requestedHistory) {
      const deliveredCursor = trackDeliveredCursor(listener);
      const start = announce ? { confirmed, at: starts.at } : undefined;
      return createHistorySubscriber(createLive(deliveredCursor.listener), history, requestedHistory, {
        deliveredCursor,
        start,
      });
    }
    if (announce) return announceStart(createLive(listener), confirmed(), () => starts.at(null));
    return createChannelSubscriber(listener, { overflow, maxQueuedBytes, leave });
  };
  const subscriber = create();
  feed.subscribers.add(subscriber);
  return subscriber;
}
