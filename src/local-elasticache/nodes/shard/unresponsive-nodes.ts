/** A node counts as frozen after this many unanswered requests in a row, over this time. */
const missesUntilFrozen = 3;
const silenceUntilFrozenMs = 4_000;
/** A busy node answers when it is done. Killing it would lose its data in memory and make clients wait for its restart. */
const silenceWhileBusyMs = 120_000;

/** Distinguishes frozen nodes from slow or busy ones. */
export interface UnresponsiveNodes<Thing> {
  answered(thing: Thing): void;
  /**
   * @param isBusy whether the process is working, as seen from outside
   * @returns whether the node has been silent for so long that it counts as frozen
   */
  missed(thing: Thing, isBusy: boolean): boolean;
}

interface Misses {
  readonly since: number;
  readonly count: number;
  /** When it was last neither busy nor answering; at first, the beginning of its silence. */
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
      // A node that stops working has the full time to answer again.
      const idle = isBusy
        ? { idleSince: time, idleCount: 0 }
        : { idleSince: before.idleSince, idleCount: before.idleCount + 1 };
      misses.set(thing, { since: before.since, count, ...idle });
      if (count >= missesUntilFrozen && time - before.since >= silenceWhileBusyMs) return true;
      return idle.idleCount >= missesUntilFrozen && time - idle.idleSince >= silenceUntilFrozenMs;
    },
  };
}

/** Tests whether a failed command was unanswered. An error reply (loading, a long script) is an answer. */
export function isUnanswered(cause: unknown): boolean {
  return !(cause instanceof Error && /^(?:LOADING|BUSY|MASTERDOWN|NOAUTH|NOPERM|WRONGPASS|ERR)\b/.test(cause.message));
}
