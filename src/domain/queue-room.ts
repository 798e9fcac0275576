/** Room for what waits to be sent, in bytes. Several queues may share one: all that wait for the same socket do. */
export interface QueueRoom {
  readonly maxBytes: number;
  /** Negative where more was taken than there was. */
  left(): number;
  take(bytes: number): void;
  give(bytes: number): void;
}

/** Room of `maxBytes`, less what is `used` already by others than its queues. */
export function createQueueRoom(maxBytes: number, used: () => number = () => 0): QueueRoom {
  let taken = 0;
  return {
    maxBytes,
    left: () => maxBytes - taken - used(),
    take: (bytes) => void (taken += bytes),
    give: (bytes) => void (taken -= bytes),
  };
}
