import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../../telemetry/log.js';
import type { ClusterDirectory } from '../interfaces.js';

/** A look that is as old as this may have missed a deletion. */
const patienceMs = 500;

/**
 * Logs that access to a cluster was lost, unless it was lost because the cluster is being deleted: the control plane is asked first.
 * `isOver` says whether the access was given up meanwhile.
 */
export async function reportLoss(
  { directory, log }: { readonly directory: ClusterDirectory; readonly log: Logger },
  loss: { readonly cluster: string; readonly reason: string | null; readonly isOver: () => boolean },
): Promise<void> {
  const look = (): Promise<unknown> => directory.find(loss.cluster).catch(() => undefined);
  // At once, so that a deletion is known at once; and again when the answer can be no older than the loss.
  await look();
  if (loss.isOver()) return;
  await delay(patienceMs, undefined, { ref: false });
  await look();
  if (loss.isOver()) return;
  log.warn({ cluster: loss.cluster, reason: loss.reason }, 'lost access to a cluster');
}
