/** A poll that repeats. */
export interface Polling {
  /** Polls now. During a poll, polls once more right after it, because the current one may have started too early. */
  wake(): void;
  /** Starts no further poll. Idempotent. */
  close(): void;
}

/** Polls when first woken, and then `delayMs()` after the end of each poll. `poll` handles its own errors. */
export function createPolling(poll: () => Promise<void>, delayMs: () => number): Polling {
  let state: 'polling' | 'poll again' | 'waiting' | 'closed' = 'waiting';
  let timer: NodeJS.Timeout | undefined;
  const isClosed = (): boolean => state === 'closed';

  const run = async (): Promise<void> => {
    do {
      state = 'polling';
      await poll();
      if (isClosed()) return;
    } while (wasWoken());
    state = 'waiting';
    timer = setTimeout(() => void run(), delayMs());
  };
  const wasWoken = (): boolean => state === 'poll again';

  return {
    wake() {
      if (state === 'polling') state = 'poll again';
      if (state !== 'waiting') return;
      clearTimeout(timer);
      void run();
    },
    close() {
      state = 'closed';
      clearTimeout(timer);
    },
  };
}
