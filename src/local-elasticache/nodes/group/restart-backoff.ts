const longestMs = 30_000;
const firstMs = 250;
/** Who has run so long has come up well: its next end is a first one again. */
const settledMs = 60_000;

/** How long to wait before something that ended is started again: at once the first time, then twice as long each time. */
export interface RestartBackoff<Thing> {
  started(thing: Thing): void;
  /** @returns milliseconds to wait. */
  ended(thing: Thing): number;
}

export function createRestartBackoff<Thing>(now: () => number = () => performance.now()): RestartBackoff<Thing> {
  const startedAt = new Map<Thing, number>();
  const ends = new Map<Thing, number>();
  return {
    started: (thing) => void startedAt.set(thing, now()),
    ended(thing) {
      const ran = now() - (startedAt.get(thing) ?? now());
      const count = ran > settledMs ? 1 : (ends.get(thing) ?? 0) + 1;
      ends.set(thing, count);
      return count === 1 ? 0 : Math.min(longestMs, firstMs * 2 ** (count - 2));
    },
  };
}
