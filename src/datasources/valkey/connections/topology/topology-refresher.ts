import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { asError } from '../../../../runtime/errors.js';
import type { ValkeyLimits } from '../limits.js';

/** Interval of regular refreshes. They detect added replicas, and changes in shards that no command uses. */
const intervalMs = 30_000;
/** Refused credentials are retried rarely, because each attempt is a failed login in a server's log. */
const refusedWaitMs = 2_000;

/**
 * Repeats `refresh` until it finds no problem, one run at a time. `refresh` resolves to the remaining problem, or to undefined, and
 * rejects if it could not read the topology.
 */
export function createTopologyRefresher(
  { reconnectMs }: ValkeyLimits,
  refresh: () => Promise<Error | undefined>,
  onHealth: (problem: Error | undefined) => void,
) {
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  const isStopped = (): boolean => stopped.signal.aborted;
  let isDue = false;

  const run = async (): Promise<void> => {
    for (let attempt = 0; isDue && !isStopped(); attempt += 1) {
      isDue = false;
      const problem = await refresh().catch((cause: unknown) => asError(cause));
      if (isStopped()) return;
      onHealth(problem);
      if (!problem) continue;
      isDue = true;
      const backoff = Math.min(25 * 2 ** attempt, reconnectMs) * (0.75 + Math.random() / 4);
      const wait = problem instanceof ExpectedFailure ? refusedWaitMs : backoff;
      await delay(wait, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const refreshSoon = (): void => {
    isDue = true;
    if (isStopped()) return;
    running ??= run().finally(() => {
      running = undefined;
      if (isDue) refreshSoon();
    });
  };
  const interval = setInterval(refreshSoon, intervalMs);
  interval.unref();
  return {
    refreshSoon,
    stop(): void {
      clearInterval(interval);
      stopped.abort();
    },
  };
}
