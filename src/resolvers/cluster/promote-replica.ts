import { ExpectedFailure } from '../../domain/errors.js';
import { ifReadable } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { refuseCacheCluster } from './cache-cluster.js';
import { availableNode, clusterWithModeDisabled } from './managed-cluster.js';
import { checkWait, waitForChange } from './wait.js';

export interface PromoteReplicaInput {
  readonly cluster: string;
  readonly node: string;
  readonly waitSeconds?: number | null | undefined;
}

/**
 * Makes a replica the primary; returns the cluster's name. Nothing is sent if the node is the primary.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, INVALID_STATE, and for ElastiCache's refusals
 */
export async function promoteReplica(context: Context, input: PromoteReplicaInput): Promise<{ readonly name: string }> {
  checkWait(input.waitSeconds);
  const cluster = await clusterWithModeDisabled(context, input.cluster, 'promotes replicas of clusters');
  const { name, automaticFailover } = cluster;
  refuseCacheCluster(cluster, 'replicas', ['input', 'cluster']);
  if (automaticFailover !== 'DISABLED') {
    const found = `, and that of cluster ${name} is ${automaticFailover ?? 'unknown'}`;
    const message = `A replica can be promoted when automatic failover is DISABLED${ifReadable(context, name, found)}.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path: ['input', 'cluster'] });
  }
  const node = availableNode(context, cluster, input.node, ['input', 'node']);
  if (node.role === 'PRIMARY') return { name };
  await context.controlPlane.promoteReplica({ cluster: name, node: node.name });
  await waitForChange(context, name, input.waitSeconds);
  return { name };
}
