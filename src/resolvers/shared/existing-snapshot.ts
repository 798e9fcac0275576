import type { Snapshot } from '../../domain/cluster/snapshot.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { hasPermission, requirePermission } from './access.js';
import type { Context } from './context.js';

/**
 * The snapshot that a mutation's input names, which requires `clusters:admin` on its cluster, because it contains the
 * cluster's data. Without `clusters:read` there, the snapshot seems not to exist.
 * @throws ExpectedFailure NOT_FOUND at `path`; Outage FORBIDDEN
 */
export async function existingSnapshot(context: Context, name: string, path: readonly string[]): Promise<Snapshot> {
  const snapshot = await context.inventory.snapshot(name);
  const cluster = snapshot?.clusterName ?? '';
  if (!snapshot || !hasPermission(context, 'clusters:read', { cluster })) {
    throw new ExpectedFailure('NOT_FOUND', 'There is no snapshot of this name.', { path });
  }
  requirePermission(context, 'clusters:admin', { cluster });
  return snapshot;
}
