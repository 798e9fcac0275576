import { once } from 'node:events';
import type { Logger } from '../telemetry/log.js';

/** For what closes without draining; with the default drain time of 5 s the whole takes less than ten. */
const patienceMs = 4_000;

/**
 * Runs what `start` starts until SIGINT or SIGTERM, then closes it, last started first, within the drain time and four
 * seconds. A second signal ends the process at once. The signals are heard before anything starts, as an endpoint answers
 * before its start is over: a signal during the start ends what has started until then.
 * @param start adds what it has started to `started`, which is closed if it fails, too. It may throw the reason of `stop`
 * in order to go no further. Resolves with what is printed when all is ready.
 */
export async function runUntilShutdown(
  start: (started: AsyncDisposable[], stop: AbortSignal) => Promise<string>,
  log: Logger,
  drainTimeoutMs = 5_000,
): Promise<void> {
  const stop = stopSignal(log, drainTimeoutMs + patienceMs);
  const started: AsyncDisposable[] = [];
  try {
    const greeting = await start(started, stop);
    stop.throwIfAborted();
    process.stdout.write(greeting);
    await once(stop, 'abort');
  } catch (error) {
    if (!stop.aborted || error !== stop.reason) throw error;
  } finally {
    await closeAll(started, log);
  }
}

/** Aborted by SIGINT or SIGTERM; from then on the process has `withinMs` to end. */
function stopSignal(log: Logger, withinMs: number): AbortSignal {
  const stop = new AbortController();
  // One listener for both times: without any for a moment, the second signal would kill.
  const tell = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(130);
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('not everything has ended in time');
      process.exit(1);
    }, withinMs).unref();
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, tell);
  return stop.signal;
}

/** Closes all of it in reverse order; one that fails does not keep the others open. */
export async function closeAll(started: readonly AsyncDisposable[], log: Logger): Promise<void> {
  for (const thing of [...started].reverse()) {
    try {
      await thing[Symbol.asyncDispose]();
    } catch (error) {
      log.error({ err: error }, 'something did not close well');
    }
  }
}
