import type { Gap } from '../../../domain/realtime/delivery.js';
import {
  eventKey,
  eventsKeptMs,
  type ResourceEvent,
  type ResourceEventDelivery,
} from '../../../domain/resource-event.js';
import { createLiveSource, type LiveListener } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ControlPlane, EventWatch, ResourceEventsRequest } from '../interfaces.js';
import { createEventQueue, type EventQueue, type ShareDelivery } from './event-queue.js';
import { createPollPace } from './poll-pace.js';
import { createPolling, type Polling } from './polling.js';

export interface EventWatchOptions {
  readonly controlPlane: Pick<ControlPlane, 'resourceEvents' | 'onWrite'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Pause between polls after a write of this process or an event. */
  readonly fastMs?: number;
  /** Pause between polls otherwise. */
  readonly slowMs?: number;
  /** The time in milliseconds since 1970. */
  readonly now?: () => number;
}

interface Subscriber {
  readonly queue: EventQueue;
  readonly listener: LiveListener<ResourceEventDelivery>;
  readonly announces: boolean;
  /** Whether a poll that began after its subscription has ended. It receives no event before. */
  isStarted: boolean;
}

const minuteMs = 60_000;
/** ElastiCache may list an event some time after the time that it has. Each poll reads this much again. */
const overlapMs = 60 * minuteMs;

/**
 * Watches the events of all resources while there are subscribers, with one poll for all of them. A failed poll is logged once. The
 * events of that time are delivered when ElastiCache answers again, or reported by a gap if ElastiCache no longer has them.
 */
export function createEventWatch(options: EventWatchOptions): EventWatch {
  const { controlPlane, log, fastMs = 500, slowMs = 5_000, now = () => Date.now() } = options;
  const subscribers = new Set<Subscriber>();
  const pace = createPollPace();
  /** The keys of the events that the last poll has read; undefined before the first. */
  let known: ReadonlySet<string> | undefined;
  let readAt = 0;
  let activeAt = 0;
  let isFailing = false;
  let isClosed = false;
  let polling: Polling | undefined;
  let stop: (() => void) | undefined;

  const report = (events: readonly ResourceEvent[], gap: Gap | null): void => {
    const share = shareDeliveries(events);
    for (const { isStarted, queue } of [...subscribers]) if (isStarted) queue.push(events, gap, share);
  };
  const startNew = (subscribed: readonly Subscriber[]): void => {
    for (const subscriber of subscribed) {
      subscriber.isStarted = true;
      if (subscriber.announces) subscriber.queue.start({ at: new Date(readAt), cursor: null });
    }
  };
  const poll = async (): Promise<void> => {
    const subscribed = [...subscribers].filter(({ isStarted }) => !isStarted);
    const currentPolling = polling;
    const at = now();
    const wantedSince = (known ? readAt : at) - overlapMs;
    const since = Math.max(wantedSince, at - eventsKeptMs);
    try {
      const events = await controlPlane.resourceEvents({ since: new Date(since) });
      // The last subscriber may have left, and a new one have come, for which another poll runs.
      if (polling !== currentPolling) return;
      pace.succeeded();
      const before = known;
      const fresh = before ? events.filter((event) => !before.has(eventKey(event))) : [];
      const isIncomplete = before !== undefined && readAt < since;
      known = new Set(events.map(eventKey));
      readAt = at;
      if (fresh.length > 0) activeAt = performance.now();
      if (fresh.length > 0 || isIncomplete) report(fresh, isIncomplete ? { reason: 'TRIMMED', missed: null } : null);
      startNew(subscribed);
      if (isFailing) log.info('ElastiCache answers again; its events are reported again.');
      isFailing = false;
    } catch (error) {
      pace.failed(error);
      if (!isFailing) log.warn({ err: error }, 'ElastiCache does not answer; its events are not reported for now.');
      isFailing = true;
    }
  };
  /** The longer nothing happens, the longer the pauses. */
  const delayMs = (): number => Math.min(slowMs, Math.max(fastMs, (performance.now() - activeAt) / 20));

  const start = (): void => {
    activeAt = performance.now();
    const current = (polling = createPolling(poll, () => pace.delayMs(delayMs())));
    current.wake();
    const removeListener = controlPlane.onWrite(() => {
      activeAt = performance.now();
      current.wake();
    });
    stop = () => {
      current.close();
      removeListener();
      known = polling = stop = undefined;
    };
  };
  const remove = (subscriber: Subscriber): void => {
    subscriber.queue.close();
    if (subscribers.delete(subscriber) && subscribers.size === 0) stop?.();
  };
  const close = (): Promise<void> => {
    isClosed = true;
    for (const subscriber of [...subscribers]) {
      remove(subscriber);
      subscriber.listener.complete();
    }
    return Promise.resolve();
  };

  return {
    events: (request = {}) =>
      createLiveSource((listener) => {
        const queue = createEventQueue(listener, isWanted(request));
        const subscriber = { queue, listener, announces: request.announce ?? false, isStarted: false };
        if (isClosed) queueMicrotask(() => listener.complete());
        else {
          subscribers.add(subscriber);
          if (polling) polling.wake();
          else start();
        }
        return { pause: () => queue.pause(), resume: () => queue.resume(), close: () => remove(subscriber) };
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function isWanted({ source, sourceName, maySee = () => true }: ResourceEventsRequest) {
  const name = sourceName?.toLowerCase();
  return (event: ResourceEvent): boolean =>
    (source === undefined || event.source === source) &&
    (name === undefined || event.sourceName.toLowerCase() === name) &&
    maySee(event);
}

function shareDeliveries(all: readonly ResourceEvent[]): ShareDelivery {
  const shared = new Map<string, ResourceEventDelivery>();
  const indexes = new Map(all.map((event, index) => [event, index]));
  return (events, gap) => {
    const key = events.map((event) => indexes.get(event)).join();
    const delivery = shared.get(key) ?? { events, gap };
    shared.set(key, delivery);
    return delivery;
  };
}
