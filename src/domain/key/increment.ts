import { invalidInput } from '../errors.js';
import { isInteger64 } from './decimal.js';

/** The amount by which a number is increased, in a form that Valkey accepts. */
export interface Increment {
  readonly text: string;
  /** Whether the sum is an exact integer of 64 bits. Otherwise it is a decimal. */
  readonly isInteger: boolean;
}

/** Valkey reads decimals of at most this length. */
const longestDecimal = 255;

/**
 * Reads a `Decimal`. Text without a point or an exponent is an integer.
 * @throws ExpectedFailure INVALID_INPUT at `path` for an integer of more than 64 bits, and a decimal beyond the range of a double
 */
export function parseIncrement(decimal: string, path: readonly string[]): Increment {
  if (/^-?\d+$/.test(decimal)) {
    // Valkey refuses leading zeros and -0.
    const text = String(BigInt(decimal));
    if (isInteger64(text)) return { text, isInteger: true };
    throw invalidInput('Expected an integer of 64 bits, -2^63 to 2^63 - 1, got one beyond.', path);
  }
  if (decimal.length <= longestDecimal && Number.isFinite(Number(decimal))) return { text: decimal, isInteger: false };
  throw invalidInput(
    `Expected a decimal of at most ${longestDecimal} characters within the range of a double, got another one.`,
    path,
  );
}
