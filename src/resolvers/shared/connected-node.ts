import type { AccessRequest, ReachableNode } from '../../datasources/valkey/interfaces.js';
import { matchNode } from '../../datasources/valkey/connections/topology/match-node.js';
import type { ClusterNode } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { RequestConnections } from './request-connections.js';

/** The parts of the context by which nodes are reached. */
export interface NodeContext {
  readonly connections: Pick<RequestConnections, 'commands'>;
  readonly deliveryGroup?: object | undefined;
}

/**
 * The connected node of the topology that corresponds to a node of the control plane. A node that the others do not report, as they do
 * for seconds after a replica has joined, is reached by its own address.
 * @throws ExpectedFailure NOT_CONNECTED, INVALID_STATE, NOT_FOUND; Outage CLUSTER_UNAVAILABLE
 */
export async function connectedNode(context: NodeContext, node: ClusterNode): Promise<ReachableNode> {
  if (!node.endpoint) {
    throw new ExpectedFailure('INVALID_STATE', 'The node has no endpoint yet: it is being created.');
  }
  const commands = await context.connections.commands(node.clusterName, withoutWaiting(context));
  return (await matchNode(commands.nodes(), node)) ?? commands.nodeAt(node.endpoint);
}

/** A query for the status of a cluster that is CREATING must not wait for its nodes. */
export function withoutWaiting({ deliveryGroup }: Pick<NodeContext, 'deliveryGroup'>): AccessRequest {
  return { deliveryGroup };
}
