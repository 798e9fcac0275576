/** A connection that the clock checks. */
interface Watched {
  /** The shortest and the longest time between two checks. */
  readonly roundMs: number;
  readonly pauseMs: number;
  /** `lateMs` is the delay of this check. The connection is not responsible for it. */
  check(this: void, now: number, lateMs: number): void;
  /** When the next check is due if nothing happens until then. */
  dueAt(this: void): number;
}

/** Checks all connections with one timer, when the first of them is due. A process without traffic sleeps in between. */
function createLivenessClock() {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;
  let plannedAt = Infinity;

  const plan = (at: number): void => {
    if (at >= plannedAt) return;
    clearTimeout(timer);
    plannedAt = at;
    // A timer may fire a fraction of a millisecond early, when no check is due yet.
    timer = setTimeout(tick, Math.ceil(at - performance.now()) + 1).unref();
  };
  const tick = (): void => {
    const now = performance.now();
    const lateMs = now - plannedAt;
    plannedAt = Infinity;
    for (const { check } of watched) check(now, lateMs);
    let pauseMs = Infinity;
    for (const one of watched) pauseMs = Math.min(pauseMs, Math.max(one.dueAt() - now, one.roundMs), one.pauseMs);
    plan(now + pauseMs);
  };
  return {
    /** Returns a function that removes the connection. */
    add(one: Watched): () => void {
      watched.add(one);
      plan(one.dueAt());
      return () => void watched.delete(one);
    },
  };
}

export const livenessClock = createLivenessClock();
