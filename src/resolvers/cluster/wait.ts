import type { Cluster } from '../../domain/cluster/cluster.js';
import { invalidInput, Outage } from '../../domain/errors.js';
import type { Context } from '../shared/context.js';

/** AWS takes minutes to create or change a cluster. */
const longestWaitSeconds = 900;

/** Checks `waitSeconds` of an input; without it, 0. @throws ExpectedFailure INVALID_INPUT */
export function checkWait(seconds: number | null | undefined): number {
  if (seconds == null) return 0;
  if (seconds >= 0 && seconds <= longestWaitSeconds) return seconds;
  throw invalidInput(`Expected 0 to ${longestWaitSeconds} seconds, got ${seconds}.`, ['input', 'waitSeconds']);
}

/** Waits until a cluster that was just created or changed is AVAILABLE, cannot become so, or the time is over. */
export async function waitUntilAvailable(context: Context, name: string, seconds: number): Promise<void> {
  const { clusterDirectory, inventory } = context;
  try {
    await clusterDirectory.whenAvailable(name, { signal: context.signal, timeoutMs: seconds * 1000 });
  } catch (error) {
    // An outage ends the wait, but the change was made.
    if (!(error instanceof Outage)) throw error;
  } finally {
    inventory.forget();
  }
}

/** The same for `waitSeconds` of an input, which extends the deadline of the request. */
export async function waitForChange(
  context: Context,
  name: string,
  waitSeconds: number | null | undefined,
): Promise<void> {
  const seconds = checkWait(waitSeconds);
  context.inventory.forget();
  if (seconds === 0) return;
  context.extendDeadline?.(seconds * 1000);
  await waitUntilAvailable(context, name, seconds);
}

/** Waits until a cluster that is being deleted no longer exists, is AVAILABLE instead, or the time is over. Extends the deadline of the request. */
export async function waitUntilDeleted(
  context: Context,
  cluster: Cluster,
  seconds: number,
): Promise<Cluster | 'DELETED' | 'TIME_IS_UP'> {
  const { clusterDirectory, inventory } = context;
  context.extendDeadline?.(seconds * 1000);
  try {
    return await clusterDirectory.whenDeleted(cluster, { signal: context.signal, timeoutMs: seconds * 1000 });
  } catch (error) {
    // An outage ends the wait, but the deletion has begun.
    if (!(error instanceof Outage)) throw error;
    return 'TIME_IS_UP';
  } finally {
    inventory.forget();
  }
}
