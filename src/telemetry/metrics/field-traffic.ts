import type { Gap } from '../../domain/realtime/delivery.js';
import type { Count } from './counts.js';

interface TrafficCounts {
  readonly deliveries: Count;
  readonly bytes: Count;
  readonly gapReported: (gap: Gap) => void;
  readonly failed: (code: string) => void;
}

/** What goes out for one subscription field. All deliveries pass here. */
export class FieldTraffic {
  readonly #deliveries: Count;
  readonly #bytes: Count;
  readonly #gapTold: (gap: Gap) => void;
  readonly #failed: (code: string) => void;
  #open = 0;

  constructor({ deliveries, bytes, gapReported: gapTold, failed }: TrafficCounts) {
    this.#deliveries = deliveries;
    this.#bytes = bytes;
    this.#gapTold = gapTold;
    this.#failed = failed;
  }

  /** Subscriptions that stand now. */
  get open(): number {
    return this.#open;
  }

  opened(): void {
    this.#open += 1;
  }

  closed(): void {
    this.#open -= 1;
  }

  /** A subscription that stood has ended with an error. */
  failed(code: string): void {
    this.#failed(code);
  }

  /** A subscriber is told an event, which may say that others were lost. */
  delivered(event: object): void {
    if ('gap' in event && event.gap !== null) this.#gapTold(event.gap as Gap);
  }

  /** Its result has gone out. */
  sent(bytes: number): void {
    this.#deliveries.value += 1;
    this.#bytes.value += bytes;
  }
}
