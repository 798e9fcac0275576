/** So many questions in a row, over so long a time, must go unanswered. */
const missesUntilFrozen = 3;
const silenceUntilFrozenMs = 4_000;
/** A busy node answers when it is done: ending it would lose what it has in memory and make others wait for its start. */
const silenceWhileBusyMs = 120_000;

/** Distinguishes a node that is silent for good from one that is slow or busy. */
export interface UnresponsiveNodes<Thing> {
  answered(thing: Thing): void;
  /**
   * @param isBusy whether it works, as seen from outside
   * @returns whether it has been silent for so long that it counts as frozen.
   */
  missed(thing: Thing, isBusy: boolean): boolean;
}

interface Misses {
  readonly since: number;
  readonly count: number;
  /** When it was last seen neither busy nor answering; the beginning of its silence at first. */
  readonly idleSince: number;
  readonly idleCount: number;
}

export function createUnresponsiveNodes<Thing>(now: () => number = () => performance.now()): UnresponsiveNodes<Thing> {
  const misses = new Map<Thing, Misses>();
  return {
    answered: (thing) => void misses.delete(thing),
    missed(thing, isBusy) {
      const time = now();
      const before = misses.get(thing) ?? { since: time, count: 0, idleSince: time, idleCount: 0 };
      const count = before.count + 1;
      // One that was busy and stops working has that long to answer again.
      const idle = isBusy
        ? { idleSince: time, idleCount: 0 }
        : { idleSince: before.idleSince, idleCount: before.idleCount + 1 };
      misses.set(thing, { since: before.since, count, ...idle });
      if (count >= missesUntilFrozen && time - before.since >= silenceWhileBusyMs) return true;
      return idle.idleCount >= missesUntilFrozen && time - idle.idleSince >= silenceUntilFrozenMs;
    },
  };
}

/** Whether a failed command means that nobody answered: an error reply (loading, a script that runs long) is an answer. */
export function isUnanswered(cause: unknown): boolean {
  return !(cause instanceof Error && /^(?:LOADING|BUSY|MASTERDOWN|NOAUTH|NOPERM|WRONGPASS|ERR)\b/.test(cause.message));
}
