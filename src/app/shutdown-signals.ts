import { once } from 'node:events';
import type { Logger } from '../telemetry/log.js';

/** Time to close everything that does not drain. With the default drain time of 5 s, shutdown takes less than ten seconds. */
const closeTimeoutMs = 4_000;

/**
 * Runs `start` and waits for SIGINT or SIGTERM. Then closes everything that was started, last first, within the drain
 * time and four seconds. A second signal ends the process at once. The signals are handled before anything starts,
 * because an endpoint answers before its start is complete; a signal during the start closes what has started so far.
 * @param start adds everything that it starts to `started`, which is closed even if it fails. It may throw the reason
 * of `stop` to abort. Resolves to the text that is printed when all is ready.
 */
export async function runUntilShutdown(
  start: (started: AsyncDisposable[], stop: AbortSignal) => Promise<string>,
  log: Logger,
  drainTimeoutMs = 5_000,
): Promise<void> {
  const stop = stopSignal(log, drainTimeoutMs + closeTimeoutMs);
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

/** Returns a signal that SIGINT or SIGTERM aborts. From then on the process exits after at most `withinMs`. */
function stopSignal(log: Logger, withinMs: number): AbortSignal {
  const stop = new AbortController();
  // One listener for both signals: without any listener for a moment, the second signal would kill the process.
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(130);
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('the process did not close in time');
      process.exit(1);
    }, withinMs).unref();
    stop.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  return stop.signal;
}

/** Closes everything in reverse order. A failure does not keep the rest open. */
export async function closeAll(started: readonly AsyncDisposable[], log: Logger): Promise<void> {
  for (const thing of [...started].reverse()) {
    try {
      await thing[Symbol.asyncDispose]();
    } catch (error) {
      log.error({ err: error }, 'closing a component failed');
    }
  }
}
