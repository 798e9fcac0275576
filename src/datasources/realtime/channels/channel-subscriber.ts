import type { ChannelDelivery, OverflowPolicy } from '../../../domain/realtime/delivery.js';
import { Outage } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { createByteBudget } from '../../../runtime/byte-budget.js';
import { createChannelBacklog, type ChannelBacklog } from './channel-backlog.js';

/** One listener of a channel feed, with its queue while it is paused. */
export interface ChannelSubscriber extends LiveSubscription {
  deliver(delivery: ChannelDelivery): void;
  fail(reason: Error): void;
}

/** `leave` is called once, when the subscriber closes or fails. */
export function createChannelSubscriber(
  listener: LiveListener<ChannelDelivery>,
  options: { overflow: OverflowPolicy; maxQueuedBytes: number; leave: (subscriber: ChannelSubscriber) => void },
): ChannelSubscriber {
  // Created when the first delivery has to wait. Most subscribers never need it.
  let backlog: ChannelBacklog | undefined;
  let paused = false;
  let closed = false;
  let draining = false;

  const subscriber: ChannelSubscriber = {
    deliver(delivery) {
      if (closed) return;
      if (!paused && !draining) {
        listener.next(delivery);
        return;
      }
      const budget = listener.budget ?? createByteBudget(options.maxQueuedBytes);
      backlog ??= createChannelBacklog(options.overflow, budget);
      if (backlog.push(delivery)) return;
      subscriber.fail(
        new Outage(
          'SLOW_SUBSCRIBER',
          `More than ${budget.maxBytes} bytes were queued for this client, which read too slowly. The overflow policy is DISCONNECT.`,
        ),
      );
    },
    fail(reason) {
      if (closed) return;
      subscriber.close();
      listener.error(reason);
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      // A listener may pause, resume or close from within `next`. Only the outermost call delivers, to preserve the order.
      if (draining) return;
      draining = true;
      while (!isHalted()) {
        const delivery = backlog?.shift();
        if (!delivery) break;
        listener.next(delivery);
      }
      draining = false;
    },
    close() {
      if (closed) return;
      closed = true;
      backlog?.clear();
      options.leave(subscriber);
    },
  };
  const isHalted = (): boolean => paused || closed;
  return subscriber;
}
