import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../telemetry/log.js';
import type { ClusterDirectory } from '../interfaces.js';

/** Longest age of a cached description. It may not show a deletion within this time. */
const maxAgeMs = 500;

/**
 * Logs that access to a cluster was lost. Reads the control plane first, and logs nothing if the cluster is being deleted. `isOver`
 * returns whether the access has ended meanwhile.
 */
export async function reportLoss(
  { directory, log }: { readonly directory: ClusterDirectory; readonly log: Logger },
  loss: { readonly cluster: string; readonly reason: string | null; readonly isOver: () => boolean },
): Promise<void> {
  const read = (): Promise<unknown> => directory.find(loss.cluster).catch(() => undefined);
  // Immediately, to detect a deletion early, and again when the result cannot be older than the loss.
  await read();
  if (loss.isOver()) return;
  await delay(maxAgeMs, undefined, { ref: false });
  await read();
  if (loss.isOver()) return;
  log.warn({ cluster: loss.cluster, reason: loss.reason }, 'lost access to a cluster');
}
