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
  settled?: () => void,
): WaitingSubscription {
  const subscription = new OpensLater(listener, settled);
  ready
    .then((value) => subscription.open((to) => open(to, value)))
    .catch((reason: unknown) => subscription.fail(reason));
  return subscription;
}

/** A class, since there are thousands of them, and each delivery reads the cursor through it. */
class OpensLater<Event> implements WaitingSubscription {
  readonly #listener: LiveListener<Event>;
  #settled: (() => void) | undefined;
  #inner: LiveSubscription | undefined;
  #isPaused = false;
  #isClosed = false;

  constructor(listener: LiveListener<Event>, settled: (() => void) | undefined) {
    this.#listener = listener;
    this.#settled = settled;
  }

  open(open: (listener: LiveListener<Event>) => LiveSubscription): void {
    if (this.#isClosed) return;
    this.#settle();
    this.#inner = open(this.#listener);
    if (this.#isPaused) this.#inner.pause();
  }
  cursor(): string | undefined {
    return this.#inner?.cursor?.();
  }
  pause(): void {
    this.#isPaused = true;
    this.#inner?.pause();
  }
  resume(): void {
    this.#isPaused = false;
    this.#inner?.resume();
  }
  async drained(): Promise<void> {
    await this.#inner?.drained?.();
  }
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle();
    this.#inner?.close();
  }
  fail(reason: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#listener.error(asError(reason));
  }

  #settle(): void {
    const settled = this.#settled;
    this.#settled = undefined;
    settled?.();
  }
}
