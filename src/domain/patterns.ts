import { decodeBytes, type Encoding } from './encoding.js';
import { invalidInput } from './errors.js';
import { count, defaultsOf, type Limits } from '../runtime/limit.js';

/** Limits of glob patterns. A node does nothing else while it matches the patterns of subscriptions against a channel. */
export const patternLimits = {
  maxPatternLength: count(256, 'bytes of a pattern, in whatever `encoding` it is written', { max: 65_536 }),
  maxPatternsPerSubscription: count(100, '`patterns` of one `channelMessages`'),
  maxPatternsPerClient: count(200, 'distinct `patterns` that one client has subscribed'),
  /** A node matches every PUBLISH against all of them: docs/configuration.md has measured times. */
  maxPatternsPerCluster: count(
    1_000,
    'distinct `patterns` that this process has subscribed in one cluster, by all clients together',
  ),
};

export type PatternLimits = Limits<typeof patternLimits>;

export const defaultPatternLimits = defaultsOf(patternLimits);

/** Counts the patterns of channels that subscriptions hold at the clusters. */
export interface HeldPatterns {
  /**
   * Counts the patterns of a subscription as held until the returned function is called, once. An unknown client has no limit of
   * its own.
   * @throws LimitExceeded if a limit is exceeded; then nothing is counted
   */
  hold(client: string | undefined, cluster: string, patterns: readonly Buffer[]): () => void;
}

/** Reads the patterns that clients send. */
export interface PatternReader {
  /** @throws ExpectedFailure INVALID_INPUT at `path` if the text is not valid in the encoding or the pattern is too long */
  read(text: string, encoding: Encoding, path: readonly string[]): Buffer;
  /**
   * Reads the patterns of one subscription.
   * @throws ExpectedFailure INVALID_INPUT at `path`, as `read` does, and also if there are too many
   */
  readAll(texts: readonly string[], encoding: Encoding, path: readonly string[]): Buffer[];
}

/** Creates a reader that calls `onLimit` with each limit that refuses a pattern. */
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
