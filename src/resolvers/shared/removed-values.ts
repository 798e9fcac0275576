/** Limits the values that one operation removes, or replaces, and returns. */
export interface RemovalLimit {
  readonly maxBytes: number;
  /** The error of a value that is not removed. `bytes` is the length of all values with it; undefined if unknown. */
  exceeded(this: void, bytes?: number): Error;
}

/**
 * The values that one operation has removed or replaced, and returns. They exist nowhere else afterwards, so a value that would make the
 * answer too long must not be removed, and an answer with removed values must not be refused.
 */
export class RemovedValues {
  readonly #limit: RemovalLimit;
  #bytes = 0;

  constructor(limit: RemovalLimit) {
    this.#limit = limit;
  }

  /** The bytes of all of them. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Call before values are removed, with their length if it is known.
   * @throws if they exceed the limit together with those that were removed
   */
  requireRoom(bytes?: number): void {
    const { maxBytes, exceeded } = this.#limit;
    if (this.#bytes + (bytes ?? 1) > maxBytes) throw exceeded(bytes === undefined ? undefined : this.#bytes + bytes);
  }

  add(values: readonly (Buffer | null)[]): void {
    for (const value of values) this.#bytes += value?.length ?? 0;
  }
}
