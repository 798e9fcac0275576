import type { Logger } from '../telemetry/log.js';

/**
 * How those who stay connected leave a server that closes: spread over time, so that they do not all come to the next
 * one in the same moment.
 */
export interface Departures {
  /** Whether the server closes: nothing new is begun. */
  readonly hasBegun: boolean;
  /**
   * Registers one who stays; `leave` is called once, when its moment has come, with a promise that resolves when what
   * still runs can no longer be waited for. Returns its undo. Where departures have begun its moment is now.
   */
  add(leave: Leave): () => void;
  /** Calls back once, when departures begin; at once if they have begun. Returns its undo. */
  onBegin(callback: () => void): () => void;
  /** Resolves when everybody has left. */
  begin(): Promise<void>;
}

type Leave = (outOfTime: Promise<unknown>) => Promise<void>;

/** As many leave at once; a laptop's few tabs are not kept waiting. */
const atOnce = 10;
const stepMs = 20;
/** Parts of the time that moments are spread over, and that running operations get: the rest is for closing handshakes. */
const spread = 0.6;
const patience = 0.8;

/** Departures that take at most `withinMs`, and less where few are there: ten leave every 20 ms. */
export function createDepartures(withinMs: number, log: Logger): Departures {
  const staying = new Set<Leave>();
  const leaving = new Set<Promise<void>>();
  const callbacks = new Set<() => void>();
  let outOfTime: Promise<unknown> | undefined;

  const depart = (leave: Leave, end: Promise<unknown>): void => {
    if (!staying.delete(leave)) return;
    const gone = leave(end)
      .catch((error: unknown) => log.error({ err: error }, 'a client could not be told that the server goes'))
      .finally(() => leaving.delete(gone));
    leaving.add(gone);
  };

  return {
    get hasBegun() {
      return outOfTime !== undefined;
    },
    add(leave) {
      staying.add(leave);
      if (outOfTime) depart(leave, outOfTime);
      return () => void staying.delete(leave);
    },
    onBegin(callback) {
      if (outOfTime) callback();
      else callbacks.add(callback);
      return () => void callbacks.delete(callback);
    },
    async begin() {
      const end = (outOfTime = new Promise((resolve) => setTimeout(resolve, withinMs * patience).unref()));
      for (const callback of [...callbacks]) callback();
      callbacks.clear();
      const order = [...staying];
      const overMs = Math.min(withinMs * spread, (order.length / atOnce - 1) * stepMs);
      const start = performance.now();
      for (let gone = 0; gone < order.length;) {
        if (gone > 0) await new Promise((resolve) => setTimeout(resolve, stepMs));
        // By the clock, so that the last leaves in time however busy the process is.
        const due = ((performance.now() - start) / overMs) * (order.length - atOnce);
        const until = overMs > 0 ? atOnce + Math.floor(due) : order.length;
        for (const leave of order.slice(gone, until)) depart(leave, end);
        gone = until;
      }
      await Promise.all(leaving);
    },
  };
}
