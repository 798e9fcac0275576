import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { ClusterNode } from '../../../../domain/cluster/cluster.js';
import type { ValkeyNode } from '../../interfaces.js';

/**
 * The connected node that corresponds to `node` of the control plane. The two may name it differently: the primary is connected by
 * the cluster's primary endpoint, and nodes without TLS report each other by address instead of by name.
 */
export async function matchNode<Node extends Pick<ValkeyNode, 'endpoint' | 'isPrimary'>>(
  nodes: readonly Node[],
  node: ClusterNode,
): Promise<Node | undefined> {
  const { endpoint } = node;
  if (!endpoint) return undefined;
  const at = (host: string): Node | undefined =>
    nodes.find((candidate) => candidate.endpoint.host === host && candidate.endpoint.port === endpoint.port);
  const exact = at(endpoint.host);
  if (exact) return exact;
  // The control plane reports roles only without cluster mode, where there is one primary.
  if (node.role === 'PRIMARY') return nodes.find(({ isPrimary }) => isPrimary);
  const address = isIP(endpoint.host) ? undefined : await lookup(endpoint.host).catch(() => undefined);
  return address && at(address.address);
}
