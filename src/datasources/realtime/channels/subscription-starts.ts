import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import { afterPoll } from '../../../runtime/event-loop.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

export interface SubscriptionStarts {
  /** The delivery that announces a start at this position. Subscriptions that start there in the same tick share it. */
  at(this: void, cursor: string | null): ChannelDelivery;
}

export function createSubscriptionStarts(): SubscriptionStarts {
  const ofThisTick = new Map<string | null, ChannelDelivery>();
  return {
    at(cursor) {
      const existing = ofThisTick.get(cursor);
      if (existing) return existing;
      if (ofThisTick.size === 0) afterPoll(() => ofThisTick.clear());
      const delivery = { messages: [], gap: null, started: { at: new Date(), cursor } };
      ofThisTick.set(cursor, delivery);
      return delivery;
    },
  };
}

/**
 * Delivers nothing to a subscriber before its subscription is confirmed, and then `start` first. Earlier messages belong to other
 * subscribers of the same channels.
 */
export function announceStart(
  subscriber: ChannelSubscriber,
  confirmed: Promise<unknown>,
  start: () => ChannelDelivery,
): ChannelSubscriber {
  let hasStarted = false;
  void confirmed.then(() => {
    hasStarted = true;
    subscriber.deliver(start());
  });
  return {
    ...subscriber,
    deliver(delivery) {
      if (hasStarted) subscriber.deliver(delivery);
    },
  };
}
