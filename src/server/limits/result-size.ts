/** Levels of nested values in a result. JSON.stringify cannot write much deeper ones. */
export const maxResultDepth = 1_000;

/**
 * Whether a result takes more than `max` bytes as JSON in UTF-8, escapes included, or nests too deeply. Measured before the result is
 * serialised, because that makes a second copy of it. Stops as soon as the answer is known.
 */
export function excessOf(max: number, result: unknown): 'length' | 'depth' | undefined {
  // An upper bound first, without reading any string: nearly all results are within the limit.
  const remaining = remainingBytes(max, result, 0, maxBytesOf);
  if (remaining >= 0) return undefined;
  if (remaining === -Infinity) return 'depth';
  const exact = remainingBytes(max, result, 0, bytesOf);
  if (exact >= 0) return undefined;
  return exact === -Infinity ? 'depth' : 'length';
}

type Measure = (text: string) => number;

/** The bytes of `max` that remain after the value: negative if it is too long, -Infinity if it nests too deeply. */
function remainingBytes(max: number, value: unknown, depth: number, measure: Measure): number {
  if (typeof value === 'string') return max - measure(value);
  if (typeof value === 'number') return max - (Number.isFinite(value) ? String(value).length : 4);
  if (typeof value !== 'object' || value === null) return max - (value === false ? 5 : 4);
  if (value instanceof Date) return max - 26;
  if (depth > maxResultDepth) return -Infinity;
  // Two brackets, and one comma less than there are values.
  let remaining = max - 1;
  let isEmpty = true;
  if (Array.isArray(value)) {
    for (const item of value) {
      isEmpty = false;
      remaining = remainingBytes(remaining - 1, item, depth + 1, measure);
      if (remaining < 0) return remaining;
    }
  } else {
    // Every result passes here: `Object.entries` would allocate a list for each object.
    for (const name in value) {
      const member: unknown = Reflect.get(value, name);
      if (member === undefined) continue;
      isEmpty = false;
      remaining = remainingBytes(remaining - 2 - measure(name), member, depth + 1, measure);
      if (remaining < 0) return remaining;
    }
  }
  return isEmpty ? remaining - 1 : remaining;
}

/** The maximum length of a string as JSON, with its quotes: six bytes for each code unit. */
function maxBytesOf(text: string): number {
  return text.length * 6 + 2;
}

/** The exact length of a string as JSON in UTF-8. JSON.stringify writes control characters and lone surrogates with up to six bytes. */
function bytesOf(text: string): number {
  return mayBeEscaped.test(text) ? escapedBytesOf(text) : Buffer.byteLength(text) + 2;
}

const mayBeEscaped = /["\\\u0000-\u001f\ud800-\udfff]/;

function escapedBytesOf(text: string): number {
  let bytes = text.length + 2;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) {
      if (unit < 0x20) bytes += shortEscapes.has(unit) ? 1 : 5;
      else if (unit === 0x22 || unit === 0x5c) bytes += 1;
    } else if (unit < 0x800) {
      bytes += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes += 2;
    } else if (isPair(unit, text.charCodeAt(at + 1))) {
      bytes += 2;
      at += 1;
    } else {
      bytes += 5;
    }
  }
  return bytes;
}

/** `\b`, `\t`, `\n`, `\f` and `\r`. */
const shortEscapes: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);

function isPair(high: number, low: number): boolean {
  return high < 0xdc00 && low >= 0xdc00 && low <= 0xdfff;
}
