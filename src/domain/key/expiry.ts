import { latest } from '../../runtime/date-time.js';
import { invalidInput } from '../errors.js';
import { givenField } from '../given-field.js';

/** The expiry of a key; undefined leaves the default of the command. */
export type Expiry =
  | { readonly kind: 'after'; readonly milliseconds: number }
  | { readonly kind: 'at'; readonly unixMilliseconds: number }
  | { readonly kind: 'keep' }
  | { readonly kind: 'never' };

/** An expiry that is set or removed. */
export type ChangingExpiry = Exclude<Expiry, { readonly kind: 'keep' }>;

/** The input of clients: exactly one of the three. */
export interface ExpiryInput {
  readonly seconds?: number | null | undefined;
  readonly at?: Date | null | undefined;
  readonly policy?: 'KEEP' | 'NEVER' | null | undefined;
}

/**
 * @throws ExpectedFailure INVALID_INPUT at `path` or below, if not exactly one field is given; if the key would expire
 * at once, which Valkey carries out by deleting it; or if it would expire after the year 9999, which no answer can
 * represent.
 */
export function parseExpiry(input: ExpiryInput, path: readonly string[], now = Date.now()): Expiry {
  const { seconds, at, policy } = input;
  givenField(input, ['seconds', 'at', 'policy'], path);
  if (seconds != null) {
    const milliseconds = Math.round(seconds * 1000);
    if (seconds >= 0.001 && now + milliseconds <= latest) return { kind: 'after', milliseconds };
    throw invalidInput(
      `Expected 0.001 seconds or more, up to the end of the year 9999, got ${seconds}. To remove the expiry, use "policy: NEVER".`,
      [...path, 'seconds'],
    );
  }
  if (at != null) {
    const unixMilliseconds = at.getTime();
    if (unixMilliseconds > now && unixMilliseconds <= latest) return { kind: 'at', unixMilliseconds };
    throw invalidInput(
      `Expected a time in the future, up to the end of the year 9999 in UTC, got ${at.toISOString()}.`,
      [...path, 'at'],
    );
  }
  return policy === 'KEEP' ? { kind: 'keep' } : { kind: 'never' };
}
