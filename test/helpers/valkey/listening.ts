import type { LiveSource, LiveSubscription } from '../../../src/runtime/live-source.js';

/** A subscriber that records its events. */
export interface Listening<Event> extends Disposable {
  readonly subscription: LiveSubscription;
  /** All events so far. */
  readonly events: readonly Event[];
  /** Resolves when the events so far satisfy the condition; rejects when the subscription fails before. */
  until(condition: (events: readonly Event[]) => boolean): Promise<readonly Event[]>;
  /** Resolves when the source has reported its start position. */
  readonly cursorChanged: Promise<void>;
  /** Resolves to the error of the subscription. */
  readonly failure: Promise<Error>;
}

/** `each` is called with every event. */
export function listenTo<Event>(source: LiveSource<Event>, each?: (event: Event) => void): Listening<Event> {
  const events: Event[] = [];
  const checks = new Set<() => void>();
  let failed: Error | undefined;
  let fail: (reason: Error) => void;
  const failure = new Promise<Error>((resolve) => (fail = resolve));
  let reportCursor: () => void = () => undefined;
  const cursorChanged = new Promise<void>((resolve) => (reportCursor = resolve));
  const subscription = source.open({
    cursorChanged: reportCursor,
    next(event) {
      events.push(event);
      each?.(event);
      for (const check of [...checks]) check();
    },
    error(reason) {
      failed = reason;
      fail(reason);
      for (const check of [...checks]) check();
    },
    complete: () => undefined,
  });
  return {
    subscription,
    events,
    cursorChanged,
    failure,
    until: (condition) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (condition(events)) resolve(events);
          else if (failed) reject(failed);
          else return;
          checks.delete(check);
        };
        checks.add(check);
        check();
      }),
    [Symbol.dispose]: () => subscription.close(),
  };
}
