import { decodeBytes, type Encoding } from './bytes.js';
import { invalidInput } from './errors.js';

/** How large glob patterns may be. A node does nothing else while it matches one against its keys, fields or channels. */
export interface PatternLimits {
  /** Bytes of one pattern, decoded. */
  readonly maxPatternLength: number;
  /** Patterns of channels in one subscription. */
  readonly maxPatternsPerSubscription: number;
}

export const defaultPatternLimits: PatternLimits = { maxPatternLength: 256, maxPatternsPerSubscription: 100 };

/** Reads the patterns that clients send. */
export interface PatternReader {
  /** @throws ExpectedFailure INVALID_INPUT at `path` for a text that is not valid in the encoding, or a pattern that is too long */
  read(text: string, encoding: Encoding, path: readonly string[]): Buffer;
  /**
   * The patterns of one subscription.
   * @throws ExpectedFailure INVALID_INPUT at `path` also for too many
   */
  readAll(texts: readonly string[], encoding: Encoding, path: readonly string[]): Buffer[];
}

/** A reader that reports each limit that refuses a pattern. */
export function createPatternReader(
  { maxPatternLength, maxPatternsPerSubscription }: PatternLimits,
  onLimit: ((limit: keyof PatternLimits) => void) | undefined,
): PatternReader {
  const read: PatternReader['read'] = (text, encoding, path) => {
    const pattern = decodeBytes(text, encoding, path);
    if (pattern.length <= maxPatternLength) return pattern;
    onLimit?.('maxPatternLength');
    throw invalidInput(`Expected a pattern of at most ${maxPatternLength} bytes, got ${pattern.length}.`, path);
  };
  return {
    read,
    readAll(texts, encoding, path) {
      if (texts.length > maxPatternsPerSubscription) {
        onLimit?.('maxPatternsPerSubscription');
        throw invalidInput(
          `Expected at most ${maxPatternsPerSubscription} patterns in one subscription, got ${texts.length}.`,
          path,
        );
      }
      return texts.map((text) => read(text, encoding, path));
    },
  };
}
