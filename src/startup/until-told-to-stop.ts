import type { Logger } from '../telemetry/log.js';

/** For what closes without draining; with the default drain time of 5 s the whole takes less than ten. */
const patienceMs = 4_000;

/**
 * Waits for SIGINT or SIGTERM, then closes what was started, last started first, within the drain time and four seconds. A
 * second signal ends the process at once.
 */
export async function untilToldToStop(
  started: readonly AsyncDisposable[],
  log: Logger,
  drainTimeoutMs = 5_000,
): Promise<void> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    let isTold = false;
    // One listener for both times: without any for a moment, the second signal would kill.
    const tell = (name: NodeJS.Signals): void => {
      if (isTold) process.exit(130);
      isTold = true;
      resolve(name);
    };
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, tell);
  });
  log.info({ signal }, 'stopping');
  const impatience = setTimeout(() => {
    log.error('not everything has ended in time');
    process.exit(1);
  }, drainTimeoutMs + patienceMs).unref();
  await closeAll(started, log);
  clearTimeout(impatience);
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
