/**
 * Whether a number is surely the one that was written: integers beyond ±(2^53−1) are rounded when they are read, and what is too
 * large for any number becomes infinite.
 */
export function isExact(number: number): boolean {
  return Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
}

/**
 * Whether a JSON text may hold a number that is read as another one. Decimals of up to 15 digits are all told apart by a 64-bit
 * floating-point number; an exponent can make them too small for it. True also for some texts without such a number.
 */
export function mayHoldInexactNumber(json: string): boolean {
  return /[\d.]{16}|\d[eE][+-]?\d/.test(json);
}

/** Whether a number of a JSON text is, digit for digit, this one as JavaScript writes it: `1e3` and `1000.0` are 1000. */
export function isWrittenAs(text: string, number: number): boolean {
  const [written, expected] = [decimalOf(text), decimalOf(String(number))];
  return written.digits === expected.digits && written.exponent === expected.exponent;
}

/** A decimal in one form for all its spellings: the digits without zeros at either end, times a power of ten. */
function decimalOf(text: string): { readonly digits: string; readonly exponent: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = (whole + fraction).replace(/^0+/, '');
  const digits = withoutZerosAtEnd(all);
  if (digits === '') return { digits, exponent: 0 };
  return { digits: sign + digits, exponent: Number(exponent) - fraction.length + all.length - digits.length };
}

/** No regular expression: `0+$` would be tried at each of a million zeros. */
function withoutZerosAtEnd(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}

/** The same JSON with each number as a text that says how it is written. */
export function quoteNumbers(json: string): string {
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
      parts.push(json.slice(copied, start), '"', json.slice(start, at), '"');
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
