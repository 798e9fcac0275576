import type { ByteBudget } from './byte-budget.js';

/**
 * What a subscription field gives its subscribers: events that are pushed, and that may be shared. A source hands the
 * *same event object* to all its subscribers, so that delivery can execute and serialise once per event and distinct
 * operation, whoever receives it.
 */
export interface LiveSource<Event> extends AsyncIterable<Event> {
  /**
   * Starts a subscriber. Nothing is acquired before this is called, and everything is released when the returned
   * subscription closes, at once, also where no event ever comes. Events start in a later microtask or after.
   */
  open(listener: LiveListener<Event>): LiveSubscription;
  /**
   * The same source from behind a cursor that one of its subscriptions has told, whatever it was opened with; absent where
   * nothing can be resumed.
   * @throws ExpectedFailure INVALID_INPUT where that is no cursor of such a source
   */
  resumeAfter?(this: void, cursor: string): LiveSource<Event>;
}

export interface LiveListener<Event> {
  /** Counts what is queued while the subscription is paused; by default it has room of its own, as the source bounds it. */
  readonly budget?: ByteBudget;
  next(event: Event): void;
  /** The subscription's cursor is known, or another one, without an event: told of the place where it begins. */
  cursorChanged?(): void;
  /** The subscription has failed and is closed. */
  error(reason: Error): void;
  /** The subscription has ended by itself and is closed. */
  complete(): void;
}

/** The listener with some of its members otherwise. Spread it would not do: a listener may be of a class. */
export function listenAs<Event>(listener: LiveListener<Event>, own: Partial<LiveListener<Event>>): LiveListener<Event> {
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
   * Where it stands: behind the last event that was handed over, within `next` behind that event already. Absent, or
   * undefined, where the source has no places or has not found its own yet.
   */
  cursor?(): string | undefined;
  /**
   * The subscriber cannot take more for now. What the source does meanwhile is its own promise: a channel drops by its
   * overflow policy and tells the gap at `resume`, a stream tail reads later.
   */
  pause(): void;
  resume(): void;
  /** Of a paused one: resolves when what it has already answered for, e.g. acknowledged, has been handed over. */
  drained?(): Promise<void>;
  /** Releases everything; no listener is called any more. Closing twice is harmless. */
  close(): void;
}

/** A source from its `open`, readable as an async iterable too, one event at a time. */
export function createLiveSource<Event>(
  open: LiveSource<Event>['open'],
  resumeAfter?: LiveSource<Event>['resumeAfter'],
): LiveSource<Event> {
  return { open, ...(resumeAfter && { resumeAfter }), [Symbol.asyncIterator]: () => iterate(open) };
}

/**
 * Pulls from a pushing source. An iterator object rather than an async generator: a generator parked on an await would
 * not see `return()` before its next event.
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
