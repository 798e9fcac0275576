import { decodeBytes, type Encoding } from './encoding.js';
import { invalidInput } from './errors.js';

/** How large glob patterns may be. A node does nothing else while it matches those of subscriptions against a channel. */
export interface PatternLimits {
  /** Bytes of one pattern, decoded. */
  readonly maxPatternLength: number;
  /** Patterns of channels in one subscription. */
  readonly maxPatternsPerSubscription: number;
  /** Distinct patterns of channels at once in all subscriptions of one client. */
  readonly maxPatternsPerClient: number;
  /**
   * Distinct patterns of channels that this process has subscribed at one cluster. Every PUBLISH is matched against all of them: at
   * the default, 256 bytes each behind a `*`, they add 5 ms to a PUBLISH to a channel whose name has 1,200 bytes, and 0.2 ms to one
   * whose name has 20. Patterns made to be slow, such as `*` before a long run of one letter, cost up to 0.7 ms each.
   */
  readonly maxPatternsPerCluster: number;
}

export const defaultPatternLimits: PatternLimits = {
  maxPatternLength: 256,
  maxPatternsPerSubscription: 100,
  maxPatternsPerClient: 200,
  maxPatternsPerCluster: 1_000,
};

/** The patterns of channels that subscriptions hold at the clusters. */
export interface HeldPatterns {
  /**
   * Counts the patterns of a subscription as held until the returned function is called, once. An unknown client has no count of
   * its own.
   * @throws LimitExceeded, and counts nothing
   */
  hold(client: string | undefined, cluster: string, patterns: readonly Buffer[]): () => void;
}

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
  {
    maxPatternLength,
    maxPatternsPerSubscription,
  }: Pick<PatternLimits, 'maxPatternLength' | 'maxPatternsPerSubscription'>,
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
