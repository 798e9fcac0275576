import type { AccessRequest, ValkeyNode } from '../../datasources/valkey/interfaces.js';
import { matchNode } from '../../datasources/valkey/connections/topology/match-node.js';
import type { ClusterNode } from '../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { RequestConnections } from './request-connections.js';

/** The parts of the context by which nodes are reached. */
export interface NodeContext {
  readonly connections: Pick<RequestConnections, 'commands'>;
  readonly deliveryGroup?: object | undefined;
}

/**
 * The connected node of the topology that corresponds to a node of the control plane.
 * @throws ExpectedFailure NOT_CONNECTED, INVALID_STATE, NOT_FOUND; Outage CLUSTER_UNAVAILABLE
 */
export async function connectedNode(context: NodeContext, node: ClusterNode): Promise<ValkeyNode> {
  if (!node.endpoint) {
    throw new ExpectedFailure('INVALID_STATE', 'The node has no endpoint yet: it is being created.');
  }
  const commands = await context.connections.commands(node.clusterName, withoutWaiting(context));
  const found = await matchNode(commands.nodes(), node);
  if (found) return found;
  throw new Outage('CLUSTER_UNAVAILABLE', 'The node is not a member of the cluster now, as its other nodes report.');
}

/** A query for the status of a cluster that is CREATING must not wait for its nodes. */
export function withoutWaiting({ deliveryGroup }: Pick<NodeContext, 'deliveryGroup'>): AccessRequest {
  return { deliveryGroup };
}
