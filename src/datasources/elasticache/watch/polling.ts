/** A look that is taken again and again. */
export interface Polling {
  /** Looks now; where a look is under way, once more right after it, since that one may have come too early. */
  wake(): void;
  /** No look begins any more. Closing twice is harmless. */
  close(): void;
}

/** Looks when first woken, and then `delayMs()` after each look ended. `look` deals with its own failures. */
export function createPolling(look: () => Promise<void>, delayMs: () => number): Polling {
  let state: 'looking' | 'look again' | 'waiting' | 'closed' = 'waiting';
  let timer: NodeJS.Timeout | undefined;
  const isClosed = (): boolean => state === 'closed';

  const run = async (): Promise<void> => {
    do {
      state = 'looking';
      await look();
      if (isClosed()) return;
    } while (wasWoken());
    state = 'waiting';
    timer = setTimeout(() => void run(), delayMs());
  };
  const wasWoken = (): boolean => state === 'look again';

  return {
    wake() {
      if (state === 'looking') state = 'look again';
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
