import { asError } from '../../../runtime/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** A subscription that waits before it opens. */
interface WaitingSubscription extends LiveSubscription {
  fail(reason: unknown): void;
}

/**
 * Opens the subscription with the value to which `ready` resolves, or fails it once `ready` rejects. `settled` is called once: when the subscription has
 * opened, failed or closed.
 */
export function openWhenReady<Event, Value>(
  ready: Promise<Value>,
  open: (listener: LiveListener<Event>, value: Value) => LiveSubscription,
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
    .then((value) => {
      if (isClosed) return;
      settle();
      inner = open(listener, value);
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
