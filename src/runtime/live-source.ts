import type { ByteBudget } from './byte-budget.js';

/**
 * The source of a subscription field: it pushes events to its subscribers. All subscribers of a source receive the
 * *same event object*, so that delivery can execute and serialise once per event and distinct operation.
 */
export interface LiveSource<Event> extends AsyncIterable<Event> {
  /**
   * Starts a subscriber. Nothing is acquired before this call. Closing the subscription releases everything at once,
   * even if no event has arrived. The first event comes in a later microtask or after.
   */
  open(listener: LiveListener<Event>): LiveSubscription;
  /**
   * Returns the same source, starting after a cursor that one of its subscriptions has reported. Absent if the source
   * cannot resume.
   * @throws ExpectedFailure INVALID_INPUT if this is not a cursor of such a source
   */
  resumeAfter?(this: void, cursor: string): LiveSource<Event>;
}

export interface LiveListener<Event> {
  /** The budget for events that are queued while the subscription is paused. Without it the source applies its own bound. */
  readonly budget?: ByteBudget | undefined;
  next(event: Event): void;
  /** The cursor became known or changed without an event. */
  cursorChanged?(): void;
  /** The subscription has failed and is closed. */
  error(reason: Error): void;
  /** The subscription has ended by itself and is closed. */
  complete(): void;
}

/** Overrides some methods of a listener. Object spread would lose the prototype methods of a class. */
export function overrideListener<Event>(
  listener: LiveListener<Event>,
  own: Partial<LiveListener<Event>>,
): LiveListener<Event> {
  return {
    ...(listener.budget && { budget: listener.budget }),
    next: (event) => listener.next(event),
    cursorChanged: () => listener.cursorChanged?.(),
    error: (reason) => listener.error(reason),
    complete: () => listener.complete(),
    ...own,
  };
}

export interface LiveSubscription {
  /**
   * The position after the last event that was delivered; within `next`, already after that event. Absent or undefined
   * if the source has no positions or has not determined its own yet.
   */
  cursor?(): string | undefined;
  /**
   * The subscriber cannot accept more events for now. Each source documents what it does meanwhile: a channel drops
   * messages by its overflow policy and reports the gap at `resume`; a stream tail reads later.
   */
  pause(): void;
  resume(): void;
  /**
   * For a paused subscription: resolves when every event that the source has already committed to, e.g. acknowledged,
   * has been delivered.
   */
  drained?(): Promise<void>;
  /** Releases everything and calls the listener no more. Idempotent. */
  close(): void;
}

/** Creates a source from its `open` function. As an async iterable it yields one event at a time. */
export function createLiveSource<Event>(
  open: LiveSource<Event>['open'],
  resumeAfter?: LiveSource<Event>['resumeAfter'],
): LiveSource<Event> {
  return { open, ...(resumeAfter && { resumeAfter }), [Symbol.asyncIterator]: () => iterate(open) };
}

/**
 * Adapts a pushing source to an async iterator. Not an async generator: one that is suspended in an await would react
 * to `return()` only after its next event.
 */
function iterate<Event>(open: LiveSource<Event>['open']): AsyncIterableIterator<Event> {
  type Result = IteratorResult<Event, undefined>;
  interface Waiter {
    resolve(result: Result): void;
    reject(reason: Error): void;
  }
  const buffered: Event[] = [];
  const waiters: Waiter[] = [];
  let failure: Error | undefined;
  let ended = false;
  let subscription: LiveSubscription | undefined;

  const end = (): void => {
    ended = true;
    subscription?.close();
    for (const waiter of waiters.splice(0)) waiter.resolve({ done: true, value: undefined });
  };
  const listener: LiveListener<Event> = {
    next(event) {
      const waiter = waiters.shift();
      if (waiter) {
        waiter.resolve({ done: false, value: event });
        return;
      }
      buffered.push(event);
      subscription?.pause();
    },
    error(reason) {
      const waiter = waiters.shift();
      if (waiter) waiter.reject(reason);
      else failure = reason;
      end();
    },
    complete: end,
  };

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      subscription ??= ended ? undefined : open(listener);
      const event = buffered.shift();
      if (event !== undefined) {
        if (buffered.length === 0) subscription?.resume();
        return Promise.resolve({ done: false, value: event });
      }
      if (failure) {
        const reason = failure;
        failure = undefined;
        return Promise.reject(reason);
      }
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise<Result>((resolve, reject) => waiters.push({ resolve, reject }));
    },
    return() {
      buffered.length = 0;
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
