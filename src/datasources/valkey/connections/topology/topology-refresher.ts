import { setTimeout as delay } from 'node:timers/promises';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { asError } from '../../../../runtime/errors.js';
import type { ValkeyLimits } from '../limits.js';

/** A replica that was added, or a shard that nobody asks, is seen by looking now and then. */
const roundMs = 30_000;
/** Refused credentials are not tried often: each attempt is a failed login in somebody's log. */
const refusedWaitMs = 2_000;

/**
 * Repeats `refresh` until all is well, whenever something is lost; one run at a time. `refresh` answers what is still
 * missing, undefined where nothing is, and rejects where it could not look.
 */
export function createTopologyRefresher(
  { reconnectMs }: ValkeyLimits,
  refresh: () => Promise<Error | undefined>,
  onHealth: (trouble: Error | undefined) => void,
) {
  const stopped = new AbortController();
  let running: Promise<void> | undefined;
  const isStopped = (): boolean => stopped.signal.aborted;
  let wanted = false;

  const run = async (): Promise<void> => {
    for (let attempt = 0; wanted && !isStopped(); attempt += 1) {
      wanted = false;
      const trouble = await refresh().catch((cause: unknown) => asError(cause));
      if (isStopped()) return;
      onHealth(trouble);
      if (!trouble) continue;
      wanted = true;
      const backoff = Math.min(25 * 2 ** attempt, reconnectMs) * (0.75 + Math.random() / 4);
      const wait = trouble instanceof ExpectedFailure ? refusedWaitMs : backoff;
      await delay(wait, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  };
  const refreshSoon = (): void => {
    wanted = true;
    if (isStopped()) return;
    running ??= run().finally(() => {
      running = undefined;
      if (wanted) refreshSoon();
    });
  };
  const rounds = setInterval(refreshSoon, roundMs);
  rounds.unref();
  return {
    refreshSoon,
    stop(): void {
      clearInterval(rounds);
      stopped.abort();
    },
  };
}
