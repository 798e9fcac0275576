import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import { afterPoll } from '../../../runtime/event-loop.js';

export interface SubscriptionStarts {
  /** The delivery that announces a start at this position. Subscriptions that start there in the same turn share it. */
  at(this: void, cursor: string | null): ChannelDelivery;
}

export function createSubscriptionStarts(): SubscriptionStarts {
  const ofThisTurn = new Map<string | null, ChannelDelivery>();
  return {
    at(cursor) {
      const existing = ofThisTurn.get(cursor);
      if (existing) return existing;
      if (ofThisTurn.size === 0) afterPoll(() => ofThisTurn.clear());
      const delivery = { messages: [], gap: null, started: { at: new Date(), cursor } };
      ofThisTurn.set(cursor, delivery);
      return delivery;
    },
  };
}
