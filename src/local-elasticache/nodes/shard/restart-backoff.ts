const maxMs = 30_000;
const firstMs = 250;
/** After running for so long, the next end counts as the first one again. */
const stableMs = 60_000;

/** Delays of restarts: none the first time, then doubled each time up to a limit. */
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
      const count = ran > stableMs ? 1 : (ends.get(thing) ?? 0) + 1;
      ends.set(thing, count);
      return count === 1 ? 0 : Math.min(maxMs, firstMs * 2 ** (count - 2));
    },
  };
}
