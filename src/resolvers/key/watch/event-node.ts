import { matchNode } from '../../../datasources/valkey/connections/topology/match-node.js';
import type { ValkeyNode } from '../../../datasources/valkey/interfaces.js';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { KeyEvent } from '../../../domain/realtime/key-watch.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { hasPermission } from '../../shared/access.js';
import type { Context } from '../../shared/context.js';

/** The names of a cluster's nodes by their addresses, as the connections know them. */
type NodeNames = ReadonlyMap<string, string>;

/** The directory returns the same object until it has read the cluster again. Names need a look-up of the nodes' hosts. */
const known = new WeakMap<Cluster, Promise<NodeNames>>();

/**
 * The name of the node that has sent an event, as `ClusterNode.name`; null if it is unknown, and for callers without `clusters:read`:
 * names of nodes of a configured cluster contain their hosts.
 */
export async function nodeOfEvent(context: Context, { cluster, node }: KeyEvent): Promise<string | null> {
  if (node === undefined || !hasPermission(context, 'clusters:read', { cluster })) return null;
  try {
    const described = await context.clusterDirectory.find(cluster);
    if (!described.shards) return node;
    const names = known.get(described) ?? namesOf(described, (await context.connections.commands(cluster)).nodes());
    known.set(described, names);
    return (await names).get(node) ?? null;
  } catch (error) {
    if (error instanceof ExpectedFailure || error instanceof Outage) return null;
    throw error;
  }
}

async function namesOf({ shards }: Cluster, connected: readonly ValkeyNode[]): Promise<NodeNames> {
  const nodes = (shards ?? []).flatMap(({ primary, replicas }) => (primary ? [primary, ...replicas] : [...replicas]));
  const matched = await Promise.all(nodes.map((node) => matchNode(connected, node)));
  return new Map(
    nodes.flatMap(({ name }, at) => {
      const endpoint = matched[at]?.endpoint;
      return endpoint ? [[`${endpoint.host}:${endpoint.port}`, name] as const] : [];
    }),
  );
}
