import { quoteNumbers } from '../../../runtime/exact-number.js';
import { readJson } from '../../../runtime/json.js';
import type { Parsed } from './decoded-value.js';

/**
 * Parses JSON. A number that a double cannot hold, because it is an integer beyond ±(2^53−1) or too large, becomes a text of its digits.
 * Undefined if the text is not JSON, or has an object with the key `__proto__`.
 */
export function parseJsonText(text: string, maxDepth: number): Parsed {
  if (isDeeperThan(text, maxDepth)) return 'too deep';
  const read = readJson(text);
  if (!read || !mayHoldInexact.test(text)) return read;
  return readJson(quoteNumbers(text, isInexact));
}

/** An integer of 16 digits, or an exponent of three. Long fractions are frequent and stay numbers. */
const mayHoldInexact = /(?:^|[^\d.])\d{16}|\d[eE]\+?\d{3}/;

function isInexact(number: string): boolean {
  const value = Number(number);
  return /[.eE]/.test(number) ? !Number.isFinite(value) : !Number.isSafeInteger(value);
}

/** Without recursion. A text that is not JSON may count too. */
function isDeeperThan(text: string, maxDepth: number): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x5c: // A backslash. What follows it is no quotation mark.
        at += 1;
        break;
      case 0x22:
        isInString = !isInString;
        break;
      case 0x5b:
      case 0x7b:
        if (!isInString && (depth += 1) > maxDepth) return true;
        break;
      case 0x5d:
      case 0x7d:
        if (!isInString) depth -= 1;
        break;
    }
  }
  return false;
}
