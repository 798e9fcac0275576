import type { Gap } from '../../domain/realtime/delivery.js';
import type { Counts } from './counts.js';
import { FieldTraffic } from './field-traffic.js';
import type { Scraped } from './scraped.js';

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
