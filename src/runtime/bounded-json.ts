import { isExact, mayHoldInexactNumber, quoteNumbers } from './exact-number.js';
import { parseJson } from './json.js';

/** Serializers recurse into a document, so a deeper one could exhaust the stack. */
const deepest = 128;

/**
 * Parses JSON. An integer that a double cannot hold becomes the text of its digits, so that none is rounded. Returns undefined if the text
 * is not JSON, is nested deeper than 128 levels, or has an object with the key `__proto__`.
 */
export function parseExactJson(text: string): unknown {
  const exact = mayHoldInexactNumber(text) ? quoteNumbers(text, (digits) => !isExact(Number(digits))) : text;
  const value = parseJson(exact);
  if (value === null && exact.trim() !== 'null') return undefined;
  return isShallow(value) ? value : undefined;
}

function isShallow(root: unknown): boolean {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return false;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}
