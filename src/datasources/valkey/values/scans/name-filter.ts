import { createGlobMatch } from '../../../../runtime/glob-match.js';
import { globPrefix, globSteps } from '../../../../runtime/glob.js';

/** Matches names with a pattern without blocking a Valkey node. */
export interface NameFilter {
  /** The pattern that is sent to the node. It matches at least the names that `keep` returns; undefined if it would match all names. */
  readonly sent: Buffer | undefined;
  /** Whether the node's reply may contain names that do not match. */
  readonly isPartial: boolean;
  /** Returns the names that match. */
  keep(this: void, names: readonly Buffer[]): Promise<readonly Buffer[]>;
}

/** Bytes of names that are compared in one tick of the event loop. They take at most 3 ms. */
const maxBytesPerTick = 65_536;

/**
 * A node compares all names of one reply before it does anything else, and compares each step of the pattern after a star with each
 * byte of each name: a pattern of 256 bytes and sixty names of 1 MB took 90 s. The node therefore compares only the part before the
 * first star. The rest is compared here, in time that is linear in the length of the names, and spread over several ticks.
 */
export function createNameFilter(pattern: Buffer | undefined): NameFilter {
  if (pattern === undefined) return { sent: undefined, isPartial: false, keep: (names) => Promise.resolve(names) };
  const { prefix, isEntirePattern } = globPrefix(pattern);
  if (isEntirePattern) return { sent: pattern, isPartial: false, keep: (names) => Promise.resolve(names) };
  const steps = globSteps(pattern);
  const isAny = prefix.length === 1;
  return {
    sent: isAny ? undefined : prefix,
    isPartial: true,
    async keep(names) {
      const match = createGlobMatch(steps);
      const kept: Buffer[] = [];
      let compared = 0;
      for (const name of names) {
        match.restart();
        for (let from = 0; from < name.length; from += maxBytesPerTick) {
          const piece = name.subarray(from, from + maxBytesPerTick);
          match.read(piece);
          compared += piece.length;
          if (compared < maxBytesPerTick) continue;
          compared = 0;
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (match.matches()) kept.push(name);
      }
      return kept;
    },
  };
}
