import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import { afterPoll } from '../../../runtime/event-loop.js';

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
