import type { ValkeyNode } from '../../../datasources/valkey/interfaces.js';
import { matchNode } from '../../../datasources/valkey/connections/topology/match-node.js';
import type { ClusterNode } from '../../../domain/cluster/cluster.js';
import { requirePermission } from '../../shared/access.js';
import type { Context } from '../../shared/context.js';
import { configuredNode, nodesOfShard } from '../cluster-node.js';

/**
 * The node of the control plane that corresponds to one that the nodes report; null if the control plane does not list it. The cluster is
 * taken as it was last described, since a subscription asks at each event.
 * @throws Outage FORBIDDEN without `clusters:read`
 */
export async function reportedNode(
  context: Context,
  clusterName: string,
  reported: Pick<ValkeyNode, 'endpoint' | 'isPrimary'>,
): Promise<ClusterNode | null> {
  requirePermission(context, 'clusters:read', { cluster: clusterName });
  const cluster = context.clusterDirectory.recall(clusterName) ?? (await context.inventory.cluster(clusterName));
  if (!cluster) return null;
  if (!cluster.shards) return configuredNode(cluster.name, reported);
  const nodes = cluster.shards.flatMap(nodesOfShard);
  const { host, port } = reported.endpoint;
  // First, because the control plane may still call another node the primary after a failover.
  const exact = nodes.find(({ endpoint }) => endpoint?.host === host && endpoint.port === port);
  if (exact) return exact;
  for (const node of nodes) if (await matchNode([reported], node)) return node;
  return null;
}

/** The node of a mutation's payload. @throws Outage FORBIDDEN without `clusters:read` */
export function readableNode(context: Context, node: ClusterNode): ClusterNode {
  requirePermission(context, 'clusters:read', { cluster: node.clusterName });
  return node;
}
