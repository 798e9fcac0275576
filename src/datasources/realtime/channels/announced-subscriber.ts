import type { ChannelDelivery } from '../../../domain/realtime/delivery.js';
import type { ChannelSubscriber } from './channel-subscriber.js';

/**
 * Gives a subscriber nothing before its subscription is confirmed, and `start` first. Messages that come earlier belong to
 * other subscribers of the same channels.
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
