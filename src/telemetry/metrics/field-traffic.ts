import type { Gap } from '../../domain/realtime/delivery.js';
import type { Count, Counts } from './counts.js';
import type { Scraped } from './scraped.js';

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

/** Creates the metrics of subscriptions. @returns a function from the name of a subscription field to its counts */
export function createTrafficByField(
  counts: (name: string, help: string, ...labels: string[]) => Counts<string>,
  scraped: (name: string, help: string, ...labels: string[]) => Scraped,
  gapReported: (gap: Gap) => void,
): (field: string) => FieldTraffic {
  const fields = new Map<string, FieldTraffic>();
  const deliveries = counts('deliveries_total', 'Results delivered to subscribers, by field.', 'field');
  const bytes = counts('delivered_bytes_total', 'Bytes of delivered results, as JSON.', 'field');
  const failures = counts(
    'subscription_failures_total',
    'Subscriptions that started and ended with an error, by its code.',
    'field',
    'code',
  );
  scraped('subscriptions', 'Open subscriptions, by field.', 'field').add(() => {
    return [...fields].map(([field, { open }]) => [field, open] as const);
  });
  return (field) => {
    const existing = fields.get(field);
    if (existing) return existing;
    const own = new FieldTraffic({
      deliveries: deliveries.of(field),
      bytes: bytes.of(field),
      gapReported,
      failed: (code) => failures.of(field, code).add(),
    });
    fields.set(field, own);
    return own;
  };
}
