import type { Gap } from '../../domain/realtime/delivery.js';
import type { Count } from './counts.js';

interface TrafficCounts {
  readonly deliveries: Count;
  readonly bytes: Count;
  readonly gapReported: (gap: Gap) => void;
  readonly failed: (code: string) => void;
}

/** Counts what is delivered for one subscription field. */
export class FieldTraffic {
  readonly #deliveries: Count;
  readonly #bytes: Count;
  readonly #gapReported: (gap: Gap) => void;
  readonly #failed: (code: string) => void;
  #open = 0;

  constructor({ deliveries, bytes, gapReported, failed }: TrafficCounts) {
    this.#deliveries = deliveries;
    this.#bytes = bytes;
    this.#gapReported = gapReported;
    this.#failed = failed;
  }

  /** The number of open subscriptions. */
  get open(): number {
    return this.#open;
  }

  opened(): void {
    this.#open += 1;
  }

  closed(): void {
    this.#open -= 1;
  }

  /** Counts a subscription that had started and ended with an error. */
  failed(code: string): void {
    this.#failed(code);
  }

  /** Counts the gap of an event, if it has one, when the event is delivered to a subscriber. */
  delivering(event: object): void {
    if ('gap' in event && event.gap !== null) this.#gapReported(event.gap as Gap);
  }

  /** Counts a result that was sent. */
  sent(bytes: number): void {
    this.#deliveries.value += 1;
    this.#bytes.value += bytes;
  }
}
