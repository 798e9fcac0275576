import type { Cluster } from '../../domain/cluster/cluster.js';
import { existingCluster } from './cluster.js';
import type { Context } from '../shared/context.js';

export interface DeleteClusterInput {
  readonly cluster: string;
  readonly finalSnapshot?: string | null | undefined;
}

/**
 * Deletes a cluster and closes this API's connections to it. Returns its last known state with the status DELETING, because an empty
 * cluster may no longer exist when it is read again.
 * @throws ExpectedFailure NOT_FOUND, and for ElastiCache's refusals
 */
export async function deleteCluster(context: Context, input: DeleteClusterInput): Promise<Cluster> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  await context.controlPlane.deleteCluster({
    cluster: cluster.name,
    isCacheCluster: cluster.isCacheCluster,
    finalSnapshot: input.finalSnapshot ?? undefined,
  });
  context.connections.deleted(cluster.name);
  return { ...cluster, status: 'DELETING' };
}
