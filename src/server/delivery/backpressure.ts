import type { Socket } from 'node:net';
import type { LiveSubscription } from '../../runtime/live-source.js';
import { createByteBudget, type ByteBudget } from '../../runtime/byte-budget.js';
import { StallWatch } from './stall-watch.js';

type Pausable = Pick<LiveSubscription, 'pause' | 'resume'>;

export interface BackpressureLimits {
  /** Bytes that may wait in the process for one socket, already written or still queued by its subscriptions. */
  readonly maxBufferedBytes: number;
  /** How long a client may read nothing while bytes wait for it. */
  readonly stallTimeoutMs: number;
}

/** The fraction of these bytes that may be written before subscriptions pause. The rest is for messages that arrive meanwhile. */
const writtenFraction = 0.5;

/**
 * Bounds the bytes that wait for one socket, by pausing its subscriptions while too many wait. A class, since each socket has one:
 * closures would use several times the memory.
 */
export class Backpressure {
  /** Shared by all queues of the paused subscriptions. */
  readonly budget: ByteBudget;
  readonly #socket: Socket;
  readonly #maxBufferedBytes: number;
  readonly #subscriptions = new Set<Pausable>();
  readonly #stallWatch: StallWatch;
  #isFull = false;

  /** `onStall` is called once, when the client has read nothing for the whole stall timeout. */
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

  /** Bytes that are written, and that the operating system has not accepted. */
  get written(): number {
    return this.#socket.writableLength;
  }

  /** Bytes in the queues of the subscriptions. */
  get queued(): number {
    return this.budget.maxBytes - this.budget.remaining() - this.written;
  }

  /** To be called after each write. */
  check(): void {
    this.#stallWatch.wrote();
    if (this.#isFull || this.#socket.writableLength <= this.#maxBufferedBytes * writtenFraction) return;
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
      if (this.#isFullAgain()) return;
      // Moves it to the end: if it fills the socket again, the others resume first next time.
      if (this.#subscriptions.delete(subscription)) this.#subscriptions.add(subscription);
      subscription.resume();
    }
  };

  /** A method, since the compiler does not know that `resume` may change the field. */
  #isFullAgain(): boolean {
    return this.#isFull;
  }
}
