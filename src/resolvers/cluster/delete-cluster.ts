import type { Cluster } from '../../domain/cluster/cluster.js';
import { snapshotName } from '../../domain/identifiers.js';
import { checkWait, waitUntilDeleted } from './wait.js';
import { existingCluster } from './cluster.js';
import type { Context } from '../shared/context.js';

export interface DeleteClusterInput {
  readonly cluster: string;
  readonly finalSnapshot?: string | null | undefined;
  /** How long to wait until the cluster no longer exists. */
  readonly waitSeconds?: number | null | undefined;
}

/** A cluster that was deleted, as it was last known. */
export interface DeletedCluster {
  readonly cluster: Cluster;
  /** Whether it was seen that the cluster no longer exists. */
  readonly deleted: boolean;
}

/**
 * Deletes a cluster and closes this API's connections to it. Returns its last known state with the status DELETING, because an empty
 * cluster may no longer exist when it is read again. With `waitSeconds`, waits until it no longer exists, is AVAILABLE, because its final snapshot
 * failed, or the time is over.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT for the name of the snapshot, and for ElastiCache's refusals
 */
export async function deleteCluster(context: Context, input: DeleteClusterInput): Promise<DeletedCluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  const { finalSnapshot } = input;
  const waitSeconds = checkWait(input.waitSeconds);
  await context.controlPlane.deleteCluster({
    cluster: cluster.name,
    isCacheCluster: cluster.isCacheCluster,
    finalSnapshot: finalSnapshot == null ? undefined : newSnapshotName(finalSnapshot),
  });
  context.connections.deleted(cluster.name);
  const outcome = waitSeconds > 0 ? await waitUntilDeleted(context, cluster, waitSeconds) : 'TIME_IS_UP';
  if (typeof outcome === 'object') return { cluster: outcome, deleted: false };
  return { cluster: { ...cluster, status: 'DELETING' }, deleted: outcome === 'DELETED' };
}

const newSnapshotName = (text: string): string =>
  snapshotName(text, ['input', 'finalSnapshot'], 'FinalSnapshotIdentifier');
