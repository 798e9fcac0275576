type End = IteratorReturnResult<undefined>;
const end: End = { done: true, value: undefined };

/** An async iterator that yields nothing and only ends: what graphql-ws waits for while delivery writes the results. */
export class ParkedIterator implements AsyncIterableIterator<never> {
  readonly #abandoned: () => void;
  #waiting: { resolve: (end: End) => void; reject: (reason: Error) => void } | undefined;
  #isOver = false;
  #failure: Error | undefined;

  /** `abandoned` is called when whoever waits gives up. */
  constructor(abandoned: () => void) {
    this.#abandoned = abandoned;
  }

  end(): void {
    this.#isOver = true;
    this.#waiting?.resolve(end);
  }

  fail(reason: Error): void {
    this.#isOver = true;
    if (this.#waiting) this.#waiting.reject(reason);
    else this.#failure = reason;
  }

  next(): Promise<End> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#isOver) return Promise.resolve(end);
    return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }));
  }

  return(): Promise<End> {
    this.#abandoned();
    this.end();
    return Promise.resolve(end);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
