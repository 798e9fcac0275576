import { setTimeout as delay } from 'node:timers/promises';

interface RestorationOptions {
  /** Tries to restore all that was lost. Resolves to whether nothing is lost any more. Must not reject. */
  readonly attempt: () => Promise<boolean>;
  readonly longestPauseMs: () => number;
  readonly signal: AbortSignal;
}

/** Returns a function that attempts a restoration at once, and again after growing pauses until it succeeds. One runs at a time. */
export function createRestoration({ attempt, longestPauseMs, signal }: RestorationOptions): () => Promise<void> {
  let isRunning = false;
  return async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      for (let tries = 0; !signal.aborted; tries += 1) {
        if (await attempt()) return;
        const pause = Math.min(25 * 2 ** tries, longestPauseMs());
        await delay(pause, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      isRunning = false;
    }
  };
}
