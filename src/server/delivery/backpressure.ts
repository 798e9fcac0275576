import type { Socket } from 'node:net';
import type { LiveSubscription } from '../../runtime/live-source.js';
import { createByteBudget, type ByteBudget } from '../../runtime/byte-budget.js';
import { StallWatch } from './stall-watch.js';

type Pausable = Pick<LiveSubscription, 'pause' | 'resume'>;

export interface BackpressureLimits {
  /** Bytes that may wait in the process for one socket, written already or still queued by its subscriptions. */
  readonly maxBufferedBytes: number;
  /** How long a socket may take nothing while something waits for it. */
  readonly stallTimeoutMs: number;
}

/** The part of the bytes that may be written ahead; the rest is for messages that come while the socket is full. */
const writtenPart = 0.5;

/**
 * Keeps what waits for one socket bounded: pauses all its subscriptions while it is full. A class, since there is one for every
 * socket.
 */
export class Backpressure {
  /** For what the paused subscriptions queue, all together. */
  readonly budget: ByteBudget;
  readonly #socket: Socket;
  readonly #maxBufferedBytes: number;
  readonly #subscriptions = new Set<Pausable>();
  readonly #stallWatch: StallWatch;
  #isFull = false;

  /** `onStall` is called once the socket has taken nothing for the whole stall timeout. */
  constructor(socket: Socket, { maxBufferedBytes, stallTimeoutMs }: BackpressureLimits, onStall: () => void) {
    this.#socket = socket;
    this.#maxBufferedBytes = maxBufferedBytes;
    this.#stallWatch = new StallWatch(socket, stallTimeoutMs, onStall);
    this.budget = createByteBudget(maxBufferedBytes, () => socket.writableLength);
    socket.on('drain', this.#drained);
  }

  add(subscription: Pausable): void {
    this.#subscriptions.add(subscription);
    if (this.#isFull) subscription.pause();
  }

  remove(subscription: Pausable): void {
    this.#subscriptions.delete(subscription);
  }

  /** Bytes written that the socket has not taken yet. */
  get written(): number {
    return this.#socket.writableLength;
  }

  /** Bytes that the subscriptions hold until it has. */
  get queued(): number {
    return this.budget.maxBytes - this.budget.remaining() - this.written;
  }

  /** To be called after writing. */
  check(): void {
    this.#stallWatch.wrote();
    if (this.#isFull || this.#socket.writableLength <= this.#maxBufferedBytes * writtenPart) return;
    this.#isFull = true;
    for (const subscription of this.#subscriptions) subscription.pause();
  }

  close(): void {
    this.#stallWatch.close();
    this.#socket.off('drain', this.#drained);
  }

  readonly #drained = (): void => {
    if (!this.#isFull) return;
    this.#isFull = false;
    for (const subscription of [...this.#subscriptions]) {
      if (this.#hasFilled()) return;
      // To the end: where one fills the socket again, the others come first next time.
      if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription);
      subscription.resume();
    }
  };

  #hasFilled(): boolean {
    return this.#isFull;
  }
}
