const entryId = /^\d{1,20}(?:-\d{1,20})?$/;
const surelyInRange = /^\d{1,19}(?:-\d{1,19})?$/;
const normal = /^(?:0|[1-9]\d*)-(?:0|[1-9]\d*)$/;
const special = new Set(['$', '-', '+']);
const maxPart = 2n ** 64n - 1n;

/** Below the ID of every entry: where a stream begins. */
export const beforeAll = '0-0';

/** Whether this is a stream entry ID as Valkey takes it: two unsigned 64-bit numbers, the second optional, or `$`, `-`, `+`. */
export function isStreamId(text: string): boolean {
  return special.has(text) || isEntryId(text);
}

/** Whether this can be the ID of an entry, so none of the special ones. */
export function isEntryId(text: string): boolean {
  if (!entryId.test(text)) return false;
  return surelyInRange.test(text) || text.split('-').every((part) => BigInt(part) <= maxPart);
}

/** Negative where `a` comes before `b`, 0 where they are the same; a left-out second number is 0. */
export function compareEntryIds(a: string, b: string): number {
  const [aMs, aSeq] = numbersOf(a);
  const [bMs, bSeq] = numbersOf(b);
  return aMs === bMs ? order(aSeq, bSeq) : order(aMs, bMs);
}

/** The ID with both numbers and no leading zeros, as Valkey answers it. */
export function normalEntryId(id: string): string {
  // Nearly all are, as Valkey wrote them: big integers are dear where thousands are acknowledged.
  return normal.test(id) ? id : numbersOf(id).join('-');
}

/** The highest ID before this one: what follows it begins with this one. `0-0` has none before it. */
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
