import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

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
