import type { Cluster, ClusterNode } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { Context } from '../shared/context.js';
import { existingCluster } from './cluster.js';
import { nodesOfShard } from './cluster-node.js';

const path = ['input', 'cluster'];

/**
 * A cluster of which ElastiCache manages the nodes one by one, which requires `clusters:admin`.
 * @throws ExpectedFailure NOT_FOUND; NOT_SUPPORTED for a cluster of the configuration; INVALID_STATE without cluster mode
 * disabled, or while its nodes are not known
 */
export async function clusterWithModeDisabled(
  context: Context,
  name: string,
  purpose: string,
): Promise<Cluster & { readonly nodes: readonly ClusterNode[] }> {
  const cluster = await existingCluster(context, name, path);
  if (cluster.source === 'CONFIGURATION') {
    const message = `Cluster ${cluster.name} is defined in this server's configuration and cannot be managed here.`;
    throw new ExpectedFailure('NOT_SUPPORTED', message, { path });
  }
  const { clusterMode, shards } = cluster;
  if (clusterMode !== 'DISABLED') {
    const mode = clusterMode ?? 'unknown';
    const message = `ElastiCache ${purpose} with cluster mode disabled only, and cluster ${cluster.name} has the mode ${mode}.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path });
  }
  if (!shards) {
    throw new ExpectedFailure('INVALID_STATE', `The nodes of cluster ${cluster.name} are not known yet.`, { path });
  }
  return { ...cluster, nodes: shards.flatMap(nodesOfShard) };
}

/**
 * The node of this name, in any case, which must be AVAILABLE.
 * @throws ExpectedFailure NOT_FOUND, INVALID_STATE
 */
export function availableNode(
  { name: clusterName, nodes }: { readonly name: string; readonly nodes: readonly ClusterNode[] },
  name: string,
  nodePath: readonly string[],
): ClusterNode {
  const node = nodes.find((one) => one.name === name.toLowerCase());
  if (!node) {
    const expected = nodes.map((one) => one.name).join(', ');
    throw new ExpectedFailure('NOT_FOUND', `Expected a node of cluster ${clusterName}: ${expected}.`, {
      path: nodePath,
    });
  }
  if (node.status === 'AVAILABLE') return node;
  const message = `Node ${node.name} is ${node.status ?? 'in an unknown state'}: expected AVAILABLE.`;
  throw new ExpectedFailure('INVALID_STATE', message, { path: nodePath });
}
