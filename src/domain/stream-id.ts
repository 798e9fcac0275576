const entryId = /^\d{1,20}(?:-\d{1,20})?$/;
const special = new Set(['$', '-', '+']);
const maxPart = 2n ** 64n - 1n;

/** Whether this is a stream entry ID as Valkey takes it: two unsigned 64-bit numbers, the second optional, or `$`, `-`, `+`. */
export function isStreamId(text: string): boolean {
  return special.has(text) || (entryId.test(text) && text.split('-').every((part) => BigInt(part) <= maxPart));
}
