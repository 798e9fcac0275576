import type { Gap } from '../../../domain/realtime/delivery.js';
import type { SubscriptionStart } from '../../../domain/realtime/subscription-start.js';
import type { ResourceEvent, ResourceEventDelivery } from '../../../domain/resource-event.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** Equal deliveries of one poll are the same object, so that subscribers share their execution. */
export type ShareDelivery = (events: readonly ResourceEvent[], gap: Gap | null) => ResourceEventDelivery;

/** The events that wait for one subscriber. */
export interface EventQueue extends LiveSubscription {
  push(events: readonly ResourceEvent[], gap: Gap | null, share: ShareDelivery): void;
  /** Delivers the start of the subscription. */
  start(started: SubscriptionStart): void;
}

/** The most events that wait for a paused subscriber. */
const mostWaiting = 1000;

/**
 * Delivers events immediately. For a paused subscriber it keeps the newest ones, and reports the others by a gap. `isWanted` is
 * asked again at the delivery, because the subscriber may have lost a permission meanwhile.
 */
export function createEventQueue(
  listener: Pick<LiveListener<ResourceEventDelivery>, 'next'>,
  isWanted: (event: ResourceEvent) => boolean,
): EventQueue {
  let isPaused = false;
  let waiting: readonly ResourceEvent[] = [];
  let missed = 0;
  let keptGap: Gap | null = null;
  let keptStart: SubscriptionStart | undefined;

  const deliverKept = (): void => {
    const events = waiting.filter(isWanted);
    const gap: Gap | null = missed > 0 ? { reason: 'SLOW_SUBSCRIBER', missed } : keptGap;
    const started = keptStart;
    waiting = [];
    missed = 0;
    keptGap = null;
    keptStart = undefined;
    if (events.length > 0 || gap || started) listener.next({ events, gap, ...(started && { started }) });
  };

  return {
    push(events, gap, share) {
      const wanted = events.filter(isWanted);
      if (wanted.length === 0 && !gap) return;
      if (!isPaused) {
        listener.next(share(wanted, gap));
        return;
      }
      const all = [...waiting, ...wanted];
      waiting = all.slice(-mostWaiting);
      missed += all.length - waiting.length;
      keptGap = gap ?? keptGap;
    },
    start(started) {
      keptStart = started;
      if (!isPaused) deliverKept();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      deliverKept();
    },
    close() {
      isPaused = true;
      waiting = [];
    },
  };
}
