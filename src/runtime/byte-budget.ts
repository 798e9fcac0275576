/** A number of bytes that may be queued for sending. All queues of one socket share one budget. */
export interface ByteBudget {
  readonly maxBytes: number;
  /** Negative if more was reserved than the budget allows. */
  remaining(): number;
  reserve(bytes: number): void;
  release(bytes: number): void;
}

/** @param used bytes that are queued elsewhere, e.g. by the socket itself, and count against the budget */
export function createByteBudget(maxBytes: number, used: () => number = none): ByteBudget {
  return new CountedBudget(maxBytes, used);
}

const none = (): number => 0;

/** A class, because one exists per socket and closures would cost more memory. */
class CountedBudget implements ByteBudget {
  readonly maxBytes: number;
  readonly #used: () => number;
  #reserved = 0;

  constructor(maxBytes: number, used: () => number) {
    this.maxBytes = maxBytes;
    this.#used = used;
  }

  remaining(): number {
    return this.maxBytes - this.#reserved - this.#used();
  }

  reserve(bytes: number): void {
    this.#reserved += bytes;
  }

  release(bytes: number): void {
    this.#reserved -= bytes;
  }
}
