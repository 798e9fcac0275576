/** So many questions in a row, over so long a time, must go unanswered. */
const missesUntilFrozen = 3;
const silenceUntilFrozenMs = 4_000;

/** Tells who is silent for good from who was slow once. */
export interface Silence<Thing> {
  broken(thing: Thing): void;
  /** @returns whether it has been silent for so long that it counts as frozen. */
  missed(thing: Thing): boolean;
}

export function createSilence<Thing>(now: () => number = () => performance.now()): Silence<Thing> {
  const misses = new Map<Thing, { readonly since: number; readonly count: number }>();
  return {
    broken: (thing) => void misses.delete(thing),
    missed(thing) {
      const { since, count } = misses.get(thing) ?? { since: now(), count: 0 };
      misses.set(thing, { since, count: count + 1 });
      return count + 1 >= missesUntilFrozen && now() - since >= silenceUntilFrozenMs;
    },
  };
}

/** Whether a failed command means that nobody answered: an error reply (loading, a script that runs long) is an answer. */
export function isUnanswered(cause: unknown): boolean {
  return !(cause instanceof Error && /^(?:LOADING|BUSY|MASTERDOWN|NOAUTH|NOPERM|WRONGPASS|ERR)\b/.test(cause.message));
}
