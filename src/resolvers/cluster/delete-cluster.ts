import type { Cluster } from '../../domain/cluster/cluster.js';
import { snapshotName } from '../../domain/identifiers.js';
import { existingCluster } from './cluster.js';
import type { Context } from '../shared/context.js';

export interface DeleteClusterInput {
  readonly cluster: string;
  readonly finalSnapshot?: string | null | undefined;
}

/**
 * Deletes a cluster and closes this API's connections to it. Returns its last known state with the status DELETING, because an empty
 * cluster may no longer exist when it is read again.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT for the name of the snapshot, and for ElastiCache's refusals
 */
export async function deleteCluster(context: Context, input: DeleteClusterInput): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  const { finalSnapshot } = input;
  await context.controlPlane.deleteCluster({
    cluster: cluster.name,
    isCacheCluster: cluster.isCacheCluster,
    finalSnapshot: finalSnapshot == null ? undefined : newSnapshotName(finalSnapshot),
  });
  context.connections.deleted(cluster.name);
  return { ...cluster, status: 'DELETING' };
}

const newSnapshotName = (text: string): string =>
  snapshotName(text, ['input', 'finalSnapshot'], 'FinalSnapshotIdentifier');
