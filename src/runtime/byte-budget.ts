/** Room for what waits to be sent, in bytes. Several queues may share one: all that wait for the same socket do. */
export interface ByteBudget {
  readonly maxBytes: number;
  /** Negative where more was taken than there was. */
  remaining(): number;
  reserve(bytes: number): void;
  release(bytes: number): void;
}

/** Room of `maxBytes`, less what is `used` already by others than its queues. */
export function createByteBudget(maxBytes: number, used: () => number = none): ByteBudget {
  return new CountedBudget(maxBytes, used);
}

const none = (): number => 0;

/** A class, since there is one for every socket. */
class CountedBudget implements ByteBudget {
  readonly maxBytes: number;
  readonly #used: () => number;
  #taken = 0;

  constructor(maxBytes: number, used: () => number) {
    this.maxBytes = maxBytes;
    this.#used = used;
  }

  remaining(): number {
    return this.maxBytes - this.#taken - this.#used();
  }

  reserve(bytes: number): void {
    this.#taken += bytes;
  }

  release(bytes: number): void {
    this.#taken -= bytes;
  }
}
