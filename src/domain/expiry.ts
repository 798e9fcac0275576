import { invalidInput } from './errors.js';

/** When a key is to expire; absent means what the command does by itself. */
export type Expiry =
  | { readonly kind: 'after'; readonly milliseconds: number }
  | { readonly kind: 'at'; readonly unixMilliseconds: number }
  | { readonly kind: 'keep' }
  | { readonly kind: 'never' };

/** As clients write it: exactly one of the three. */
export interface ExpiryInput {
  readonly seconds?: number | null | undefined;
  readonly at?: Date | null | undefined;
  readonly policy?: 'KEEP' | 'NEVER' | null | undefined;
}

/** Valkey refuses what would overflow when added to its clock. */
const longestSeconds = 1e12;

/**
 * @throws ExpectedFailure INVALID_INPUT at `path` or below where not exactly one is given, or where the key would expire at
 * once, which Valkey carries out by deleting it.
 */
export function parseExpiry(input: ExpiryInput, path: readonly string[], now = Date.now()): Expiry {
  const { seconds, at, policy } = input;
  const given = [seconds, at, policy].filter((value) => value != null).length;
  if (given !== 1) throw invalidInput(`Expected exactly one of seconds, at and policy, got ${given}.`, path);
  if (seconds != null) {
    if (seconds >= 0.001 && seconds <= longestSeconds)
      return { kind: 'after', milliseconds: Math.round(seconds * 1000) };
    throw invalidInput(`Expected 0.001 to ${longestSeconds} seconds, got ${seconds}.`, [...path, 'seconds']);
  }
  if (at != null) {
    if (at.getTime() > now) return { kind: 'at', unixMilliseconds: at.getTime() };
    throw invalidInput(`Expected a time in the future, got ${at.toISOString()}.`, [...path, 'at']);
  }
  return policy === 'KEEP' ? { kind: 'keep' } : { kind: 'never' };
}
