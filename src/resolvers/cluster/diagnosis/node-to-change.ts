import type { ReachableNode } from '../../../datasources/valkey/interfaces.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { requirePermission } from '../../shared/access.js';
import { withPath } from '../../shared/checks.js';
import { connectedNode } from '../../shared/connected-node.js';
import type { Context } from '../../shared/context.js';
import { nodesOfCluster, splitId } from '../cluster-node.js';

/**
 * The node of a mutation's input `nodeId`, given as `cluster/node`, which requires `nodes:admin`.
 * @throws Outage FORBIDDEN, CLUSTER_UNAVAILABLE; ExpectedFailure NOT_FOUND, NOT_CONNECTED, INVALID_STATE at `input.nodeId`
 */
export async function nodeToChange(
  context: Context,
  id: string,
): Promise<{ readonly node: ClusterNode; readonly connected: ReachableNode }> {
  const { clusterName, part } = splitId(id);
  requirePermission(context, 'nodes:admin', { cluster: clusterName });
  // Not `clusterByName`: the permission suffices, and the caller may lack `clusters:read`.
  const cluster = await context.inventory.cluster(clusterName);
  const nodes = cluster && (await nodesOfCluster(context, cluster));
  const node = nodes?.find(({ name }) => name === part);
  const path = ['input', 'nodeId'];
  if (!node) throw new ExpectedFailure('NOT_FOUND', 'There is no node with this ID.', { path });
  try {
    return { node, connected: await connectedNode(context, node) };
  } catch (error) {
    throw withPath(error, path);
  }
}
