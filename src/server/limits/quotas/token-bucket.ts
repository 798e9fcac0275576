/** What may be taken of something that comes back at a steady rate. Time is given, in milliseconds of any clock that only goes on. */
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
   * Takes as many and answers 0, or takes none and answers after how many milliseconds there are as many again. What is more
   * than it holds is given where it is full, and owed.
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
