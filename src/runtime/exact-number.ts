/**
 * Tests whether a parsed number equals the number that was written. Integers beyond ±(2^53−1) may have been rounded,
 * and numbers beyond the range of a double become infinite.
 */
export function isExact(number: number): boolean {
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
}

/**
 * Tests whether parsing a JSON text may change one of its numbers. Every decimal of up to 15 digits survives as a
 * 64-bit floating-point number; with an exponent it may be too small. May return true for a text without such a number.
 */
export function mayHoldInexactNumber(json: string): boolean {
  return /[\d.]{16}|\d[eE][+-]?\d/.test(json);
}

/**
 * Tests whether the number in a JSON text has the same value as `number`, compared in decimal: `1e3` and `1000.0` equal
 * 1000.
 */
export function isWrittenAs(text: string, number: number): boolean {
  const [written, expected] = [decimalOf(text), decimalOf(String(number))];
  return written.digits === expected.digits && written.exponent === expected.exponent;
}

/** A decimal in normal form: the digits without leading and trailing zeros, times a power of ten. */
function decimalOf(text: string): { readonly digits: string; readonly exponent: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = withoutZerosAtEnd(all);
  if (digits === '') return { digits, exponent: 0 };
  return { digits: sign + digits, exponent: Number(exponent) - fraction.length + all.length - digits.length };
}

/** Without a regular expression: `0+$` would backtrack at each of a million zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** Rewrites JSON so that each number, or each for which `isQuoted` returns true, becomes a string of its digits as written. */
export function quoteNumbers(json: string, isQuoted: (number: string) => boolean = () => true): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const character = json[at] ?? '';
    if (character === '"') {
      at = endOfText(json, at);
    } else if (character === '-' || isDigit(character)) {
      const start = at;
      while (at < json.length && isOfNumber(json[at] ?? '')) at += 1;
      const number = json.slice(start, at);
      if (!isQuoted(number)) continue;
      parts.push(json.slice(copied, start), '"', number, '"');
      copied = at;
    } else {
      at += 1;
    }
  }
  return parts.join('') + json.slice(copied);
}

function endOfText(json: string, open: number): number {
  let at = open + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

const isDigit = (character: string): boolean => character >= '0' && character <= '9';
const isOfNumber = (character: string): boolean => isDigit(character) || '+-.eE'.includes(character);
