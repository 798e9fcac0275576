import { asError } from '../../../runtime/errors.js';
import type { LiveListener, LiveSource, LiveSubscription } from '../../../runtime/live-source.js';

/** A subscription that waits before it opens. */
interface WaitingSubscription extends LiveSubscription {
  fail(reason: unknown): void;
}

/**
 * Opens the subscription once `ready` resolves, or fails it once `ready` rejects. `settled` is called once: when the subscription has
 * opened, failed or closed.
 */
export function openWhenReady<Event>(
  ready: Promise<unknown>,
  open: LiveSource<Event>['open'],
  listener: LiveListener<Event>,
  settled: () => void = () => undefined,
): WaitingSubscription {
  let inner: LiveSubscription | undefined;
  let isPaused = false;
  let isClosed = false;
  let isSettled = false;
  const settle = (): void => {
    if (isSettled) return;
    isSettled = true;
    settled();
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    settle();
    inner?.close();
  };
  const fail = (reason: unknown): void => {
    if (isClosed) return;
    close();
    listener.error(asError(reason));
  };
  ready
    .then(() => {
      if (isClosed) return;
      settle();
      inner = open(listener);
      if (isPaused) inner.pause();
    })
    .catch(fail);
  return {
    cursor: () => inner?.cursor?.(),
    pause() {
      isPaused = true;
      inner?.pause();
    },
    resume() {
      isPaused = false;
      inner?.resume();
    },
    drained: async () => inner?.drained?.(),
    close,
    fail,
  };
}
