/** A connection, as the clock sees it. */
interface Watched {
  /** The shortest and the longest time between two looks. */
  readonly roundMs: number;
  readonly pauseMs: number;
  /** `lateMs` is how much later than planned this look is, which is no fault of the connection. */
  look(this: void, now: number, lateMs: number): void;
  /** When something is to be done if nothing happens until then. */
  dueAt(this: void): number;
}

/** Looks at all connections with one timer, when the first of them is due: a process at rest sleeps in between. */
function createLivenessClock() {
  const watched = new Set<Watched>();
  let timer: NodeJS.Timeout | undefined;
  let plannedAt = Infinity;

  const plan = (at: number): void => {
    if (at >= plannedAt) return;
    clearTimeout(timer);
    plannedAt = at;
    // A timer may fire a fraction of a millisecond early, when nothing would be due yet.
    timer = setTimeout(tick, Math.ceil(at - performance.now()) + 1).unref();
  };
  const tick = (): void => {
    const now = performance.now();
    const lateMs = now - plannedAt;
    plannedAt = Infinity;
    for (const { look } of watched) look(now, lateMs);
    let pauseMs = Infinity;
    for (const one of watched) pauseMs = Math.min(pauseMs, Math.max(one.dueAt() - now, one.roundMs), one.pauseMs);
    plan(now + pauseMs);
  };
  return {
    /** Returns its undo. */
    add(one: Watched): () => void {
      watched.add(one);
      plan(one.dueAt());
      return () => void watched.delete(one);
    },
  };
}

/** The one of this process. */
export const livenessClock = createLivenessClock();
