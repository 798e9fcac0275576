/** Levels of values in values: some more, and neither could it be written as JSON. */
export const maxResultDepth = 1_000;

/**
 * Whether a result takes more than so many bytes as JSON in UTF-8, escapes included, or nests too deep: looked at before it
 * is written, as what is written is a second copy. Stops as soon as it is known.
 */
export function excessOf(max: number, result: unknown): 'length' | 'depth' | undefined {
  // Nearly all answers are within the limit however their texts are escaped, so that no text is read.
  const left = leftOf(max, result, 0, maxBytesOf);
  if (left >= 0) return undefined;
  if (left === -Infinity) return 'depth';
  const exact = leftOf(max, result, 0, bytesOf);
  if (exact >= 0) return undefined;
  return exact === -Infinity ? 'depth' : 'length';
}

type Measure = (text: string) => number;

function leftOf(max: number, value: unknown, depth: number, measure: Measure): number {
  if (typeof value === 'string') return max - measure(value);
  if (typeof value === 'number') return max - (Number.isFinite(value) ? String(value).length : 4);
  if (typeof value !== 'object' || value === null) return max - (value === false ? 5 : 4);
  if (value instanceof Date) return max - 26;
  if (depth > maxResultDepth) return -Infinity;
  // Both brackets, and a comma less than there are values.
  let left = max - 1;
  let isEmpty = true;
  if (Array.isArray(value)) {
    for (const item of value) {
      isEmpty = false;
      left = leftOf(left - 1, item, depth + 1, measure);
      if (left < 0) return left;
    }
  } else {
    // Of every answer: a list of its names and values would be made for nothing.
    for (const name in value) {
      const member: unknown = Reflect.get(value, name);
      if (member === undefined) continue;
      isEmpty = false;
      left = leftOf(left - 2 - measure(name), member, depth + 1, measure);
      if (left < 0) return left;
    }
  }
  return isEmpty ? left - 1 : left;
}

/** What a text takes at most, with its quotes: six bytes for each of its characters. */
function maxBytesOf(text: string): number {
  return text.length * 6 + 2;
}

/** What JSON.stringify makes of a text, in UTF-8: control characters and lone surrogates are written with six bytes. */
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
