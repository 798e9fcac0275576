import type { Count } from './counts.js';

/** What goes out for one subscription field. All deliveries pass here. */
export class FieldTraffic {
  /** Subscriptions that stand now. */
  open = 0;
  readonly #deliveries: Count;
  readonly #bytes: Count;

  constructor(deliveries: Count, bytes: Count) {
    this.#deliveries = deliveries;
    this.#bytes = bytes;
  }

  sent(bytes: number): void {
    this.#deliveries.value += 1;
    this.#bytes.value += bytes;
  }
}
