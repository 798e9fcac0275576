/** Room for what waits to be sent, in bytes. Several queues may share one: all that wait for the same socket do. */
export interface QueueRoom {
  readonly maxBytes: number;
  /** Negative where more was taken than there was. */
  left(): number;
  take(bytes: number): void;
  give(bytes: number): void;
}

/** Room of `maxBytes`, less what is `used` already by others than its queues. */
export function createQueueRoom(maxBytes: number, used: () => number = none): QueueRoom {
  return new Room(maxBytes, used);
}

const none = (): number => 0;

/** A class, since there is one for every socket. */
class Room implements QueueRoom {
  readonly maxBytes: number;
  readonly #used: () => number;
  #taken = 0;

  constructor(maxBytes: number, used: () => number) {
    this.maxBytes = maxBytes;
    this.#used = used;
  }

  left(): number {
    return this.maxBytes - this.#taken - this.#used();
  }

  take(bytes: number): void {
    this.#taken += bytes;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
