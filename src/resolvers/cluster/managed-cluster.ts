import type { Cluster, ClusterNode } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { ifReadable } from '../shared/access.js';
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
    const found = `, and cluster ${cluster.name} has the mode ${clusterMode ?? 'unknown'}`;
    const message = `ElastiCache ${purpose} with cluster mode disabled only${ifReadable(context, cluster.name, found)}.`;
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
  context: Context,
  { name: clusterName, nodes }: { readonly name: string; readonly nodes: readonly ClusterNode[] },
  name: string,
  nodePath: readonly string[],
): ClusterNode {
  const node = nodes.find((one) => one.name === name.toLowerCase());
  if (!node) {
    const expected = `Expected a node of cluster ${clusterName}: ${nodes.map((one) => one.name).join(', ')}.`;
    const message = ifReadable(context, clusterName, expected, `Cluster ${clusterName} has no node of this name.`);
    throw new ExpectedFailure('NOT_FOUND', message, { path: nodePath });
  }
  if (node.status === 'AVAILABLE') return node;
  const found = `Node ${node.name} is ${node.status ?? 'in an unknown state'}: expected AVAILABLE.`;
  const message = ifReadable(context, clusterName, found, `Node ${node.name} is not AVAILABLE.`);
  throw new ExpectedFailure('INVALID_STATE', message, { path: nodePath });
}
