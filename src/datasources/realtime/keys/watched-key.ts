import type { Gap } from '../../../domain/realtime/delivery.js';
import type { KeyChange } from '../../../domain/realtime/key-watch.js';
import { Outage } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { afterPoll } from '../../../runtime/event-loop.js';
import { reconnectionRetryMs } from '../shared/reconnection-policy.js';
import { ChangeSubscriber } from './change-subscriber.js';

/**
 * One key with all its subscribers in this process. They share each change, and the next change is delivered when the reads for the
 * last one have ended: several changes meanwhile cost one read, which shows the newest state.
 */
export interface WatchedKey {
  open(announces: boolean, listener: LiveListener<KeyChange>): LiveSubscription;
  /** The key is tracked, and may have changed. */
  changed(hasGap: boolean): void;
  /** Changes are missed until `changed` is called. */
  interrupted(): void;
  fail(reason: Error): void;
}

const gap: Gap = { reason: 'RECONNECTED', missed: null };
const longestRetryMs = 5000;

/** `left` is called once, when the last subscriber has left. */
export function createWatchedKey(cluster: string, key: Buffer, left: () => void): WatchedKey {
  const subscribers = new Set<ChangeSubscriber>();
  let isTracked = false;
  let readsInFlight = 0;
  let isFlushing = false;
  let retryMs = reconnectionRetryMs;
  let retry: NodeJS.Timeout | undefined;

  const reading = (read: Promise<unknown>): void => {
    readsInFlight += 1;
    read
      .then(
        () => (retryMs = reconnectionRetryMs),
        (reason: unknown) => {
          if (reason instanceof Outage) retryLater();
        },
      )
      .finally(() => {
        readsInFlight -= 1;
        if (readsInFlight === 0) deliver();
      });
  };
  /** The subscribers have received an error instead of the key, which may not change again. */
  const retryLater = (): void => {
    retry ??= setTimeout(() => {
      retry = undefined;
      retryMs = Math.min(retryMs * 2, longestRetryMs);
      if (isTracked) changed(false);
    }, retryMs).unref();
  };
  const deliver = (): void => {
    if (readsInFlight > 0 || !isTracked) return;
    const changes = new Map<string, KeyChange>();
    for (const subscriber of [...subscribers]) {
      if (!subscriber.isDue || subscriber.isPaused) continue;
      const { hasGap, announces } = subscriber;
      const kind = `${hasGap} ${announces}`;
      const started = announces ? { at: new Date(), cursor: null } : undefined;
      const change = changes.get(kind) ?? { cluster, key, gap: hasGap ? gap : null, started, reading };
      changes.set(kind, change);
      subscriber.deliver(change);
    }
  };
  /** Subscribers that come or resume in the same tick share one change. */
  const deliverSoon = (): void => {
    if (isFlushing) return;
    isFlushing = true;
    afterPoll(() => {
      isFlushing = false;
      deliver();
    });
  };
  const changed = (hasGap: boolean): void => {
    isTracked = true;
    for (const subscriber of subscribers) subscriber.invalidate(hasGap);
    deliver();
  };
  const leave = (subscriber: ChangeSubscriber): void => {
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    clearTimeout(retry);
    left();
  };

  return {
    open(announces, listener) {
      const subscriber = new ChangeSubscriber(listener, { announces, leave, resumed: deliverSoon });
      subscribers.add(subscriber);
      deliverSoon();
      return subscriber;
    },
    changed,
    interrupted: () => (isTracked = false),
    fail(reason) {
      for (const subscriber of [...subscribers]) subscriber.fail(reason);
    },
  };
}
