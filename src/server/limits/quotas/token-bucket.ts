/** A token bucket, refilled at a constant rate. Callers pass the time, in milliseconds of any monotonic clock. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, capacity: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#capacity = capacity;
    this.#tokens = capacity;
    this.#at = now;
  }

  /**
   * Takes `count` tokens and returns 0, or takes none and returns the milliseconds after which there are enough. A full bucket gives
   * more than its capacity, and then has a debt.
   */
  take(count: number, now: number): number {
    this.#refill(now);
    const needed = Math.min(count, this.#capacity);
    if (this.#tokens < needed) return (needed - this.#tokens) / this.#perMs;
    this.#tokens -= count;
    return 0;
  }

  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#capacity;
  }

  #refill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}
