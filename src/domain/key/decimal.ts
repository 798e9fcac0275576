/** Longer numbers have more digits than a double or a 64-bit integer. */
const longest = 330;

/** A number from the text or number of a client, as text; undefined if it is neither, or a number that JSON has rounded. */
export function readDecimal(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined;
  }
  if (typeof value !== 'string' || value.length > longest) return undefined;
  return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value) ? value : undefined;
}

/** Whether the text is an integer that Valkey accepts, i.e. one of 64 bits. */
export function isInteger64(text: string): boolean {
  if (!/^-?\d{1,19}$/.test(text)) return false;
  const integer = BigInt(text);
  return integer >= -(2n ** 63n) && integer < 2n ** 63n;
}
