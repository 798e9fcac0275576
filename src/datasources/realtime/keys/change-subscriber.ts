import type { KeyChange } from '../../../domain/realtime/key-watch.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** One listener of a watched key. A class, because there are thousands of them. */
export class ChangeSubscriber implements LiveSubscription {
  /** Whether the key may have changed since the last delivery to this subscriber. */
  isDue = true;
  hasGap = false;
  /** Whether the next delivery announces the start. */
  announces: boolean;
  isPaused = false;
  #hasReceived = false;
  #isClosed = false;
  readonly #listener: LiveListener<KeyChange>;
  readonly #leave: (subscriber: ChangeSubscriber) => void;
  readonly #resumed: () => void;

  constructor(
    listener: LiveListener<KeyChange>,
    options: { announces: boolean; leave: (subscriber: ChangeSubscriber) => void; resumed: () => void },
  ) {
    this.announces = options.announces;
    this.#listener = listener;
    this.#leave = options.leave;
    this.#resumed = options.resumed;
  }

  /** The key may have changed. A gap before the first delivery is none for this subscriber. */
  invalidate(hasGap: boolean): void {
    this.isDue = true;
    this.hasGap ||= hasGap && this.#hasReceived;
  }

  deliver(change: KeyChange): void {
    if (this.#isClosed) return;
    this.isDue = false;
    this.hasGap = false;
    this.announces = false;
    this.#hasReceived = true;
    this.#listener.next(change);
  }

  fail(reason: Error): void {
    if (this.#isClosed) return;
    this.close();
    this.#listener.error(reason);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    if (this.isDue) this.#resumed();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leave(this);
  }
}
