const entryId = /^\d{1,20}(?:-\d{1,20})?$/;
const surelyInRange = /^\d{1,19}(?:-\d{1,19})?$/;
const normal = /^(?:0|[1-9]\d*)-(?:0|[1-9]\d*)$/;
const special = new Set(['$', '-', '+']);
const maxPart = 2n ** 64n - 1n;

/** Less than the ID of every entry: the start of a stream. */
export const beforeAll = '0-0';

/** Tests for a stream ID as Valkey accepts it: two unsigned 64-bit numbers, the second optional, or `$`, `-`, `+`. */
export function isStreamId(text: string): boolean {
  return special.has(text) || isEntryId(text);
}

/** Tests for the ID of an entry, which excludes the special IDs. */
export function isEntryId(text: string): boolean {
  if (!entryId.test(text)) return false;
  return surelyInRange.test(text) || text.split('-').every((part) => BigInt(part) <= maxPart);
}

/** Negative if `a` comes before `b`, 0 if they are equal; a missing second number is 0. */
export function compareEntryIds(a: string, b: string): number {
  const [aMs, aSeq] = numbersOf(a);
  const [bMs, bSeq] = numbersOf(b);
  return aMs === bMs ? order(aSeq, bSeq) : order(aMs, bMs);
}

/** Normalises an ID as Valkey writes it: both numbers, no leading zeros. */
export function normalEntryId(id: string): string {
  // Nearly all IDs come from Valkey and are normal. BigInt is too slow when thousands are acknowledged.
  return normal.test(id) ? id : numbersOf(id).join('-');
}

/** Returns the greatest ID before this one, so that reading after it starts with this one. `0-0` has none. */
export function entryIdBefore(id: string): string {
  const [ms, sequence] = numbersOf(id);
  if (sequence > 0n) return `${ms}-${sequence - 1n}`;
  return ms > 0n ? `${ms - 1n}-${maxPart}` : '0-0';
}

function numbersOf(id: string): [bigint, bigint] {
  const [ms = '0', sequence = '0'] = id.split('-');
  return [BigInt(ms), BigInt(sequence)];
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
