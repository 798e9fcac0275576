import type { StreamField } from './stream-entry.js';

/** The deliveries because of which an entry became a dead letter. */
export interface FailedDeliveries {
  /** The stream of the entry. */
  readonly stream: Buffer;
  readonly group: Buffer;
  readonly consumer: Buffer;
  readonly entryId: string;
  readonly deliveryCount: number;
}

const names = [
  'dead-letter-reason',
  'dead-letter-stream',
  'dead-letter-group',
  'dead-letter-consumer',
  'dead-letter-entry-id',
  'dead-letter-deliveries',
] as const;

/** The fields of a dead letter: those that describe the deliveries follow the entry's own. */
export function deadLetterFields(own: readonly StreamField[], failed: FailedDeliveries): StreamField[] {
  const { stream, group, consumer, entryId, deliveryCount } = failed;
  const values = ['maxDeliveries', stream, group, consumer, entryId, String(deliveryCount)];
  const described = names.map((name, index) => ({ name: Buffer.from(name), value: Buffer.from(values[index] ?? '') }));
  return [...own, ...described];
}

/**
 * The stream and the own fields of the entry that became a dead letter; undefined if these are not the fields of a dead letter. If the
 * entry became one several times, its own fields include those of the earlier times.
 */
export function readDeadLetter(
  fields: readonly StreamField[],
): { readonly stream: Buffer; readonly own: readonly StreamField[] } | undefined {
  const start = fields.length - names.length;
  const described = fields.slice(Math.max(start, 0));
  // An entry has at least one field of its own.
  if (start < 1 || !names.every((name, index) => described[index]?.name.equals(Buffer.from(name)) === true)) {
    return undefined;
  }
  const stream = described[names.indexOf('dead-letter-stream')]?.value;
  return stream && { stream, own: fields.slice(0, start) };
}
