import { CommandError } from '../../datasources/valkey/command-error.js';
import { nodeInfo } from '../../datasources/valkey/values/node-info.js';
import type { AccessRequest, ValkeyNode } from '../../datasources/valkey/interfaces.js';
import { matchNode } from '../../datasources/valkey/connections/topology/match-node.js';
import type { Cluster, ClusterNode, NodeRole, Shard } from '../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { NodeInfo } from '../../domain/cluster/node-info.js';
import type { Context } from '../shared/context.js';

/** What a node told, and which node it was. */
export interface ReportedNodeInfo extends NodeInfo {
  readonly node: ClusterNode;
}

/** All nodes of a cluster, shard by shard. Of a configured deployment they are those that its own nodes tell. */
export async function nodesOfCluster(context: Context, cluster: Cluster): Promise<readonly ClusterNode[] | null> {
  if (cluster.shards) return cluster.shards.flatMap(nodesOfShard);
  const told = await connectedNodes(context, cluster.name);
  return told?.map((node) => configuredNode(cluster.name, node)) ?? null;
}

/** The shard's primary; ElastiCache does not tell it in cluster mode, but the nodes do. */
export async function primaryOfShard(context: Context, shard: Shard): Promise<ClusterNode | null> {
  if (shard.primary) return shard.primary;
  const roles = await Promise.all(shard.replicas.map((node) => roleOfNode(context, node)));
  return shard.replicas.find((_, index) => roles[index] === 'PRIMARY') ?? null;
}

/** The shard's members without its primary, or all of them where nobody tells which it is. */
export async function replicasOfShard(context: Context, shard: Shard): Promise<readonly ClusterNode[]> {
  const primary = await primaryOfShard(context, shard);
  return shard.replicas.filter((node) => node !== primary);
}

/** As ElastiCache tells it, or else as the nodes do; null where neither does. */
export async function roleOfNode(context: Context, node: ClusterNode): Promise<NodeRole | null> {
  if (node.role) return node.role;
  const told = await connectedNodes(context, node.clusterName);
  if (!told) return null;
  const own = await matchNode(told, node);
  if (own) return own.isPrimary ? 'PRIMARY' : 'REPLICA';
  // A replica is missing from CLUSTER SLOTS until word of its offset has gone round.
  const cluster = await context.inventory.cluster(node.clusterName);
  const shard = cluster?.shards?.find((candidate) => nodesOfShard(candidate).some(({ name }) => name === node.name));
  const siblings = await Promise.all((shard ? nodesOfShard(shard) : []).map((sibling) => matchNode(told, sibling)));
  return siblings.some((sibling) => sibling?.isPrimary) ? 'REPLICA' : null;
}

/**
 * What the node tells of itself; null where it does not answer.
 * @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED
 */
export async function infoOfNode(context: Context, node: ClusterNode): Promise<ReportedNodeInfo | null> {
  if (!node.endpoint) return null;
  try {
    const commands = await context.connections.commands(node.clusterName, withoutWaiting(context));
    const told = await matchNode(commands.nodes(), node);
    return told ? { ...(await nodeInfo(told)), node } : null;
  } catch (error) {
    if (error instanceof Outage || isGone(error)) return null;
    if (!(error instanceof CommandError)) throw error;
    throw new ExpectedFailure('PERMISSION_DENIED', error.message, { upstreamCode: error.prefix, cause: error });
  }
}

/** How many bytes a replica is behind its primary; null for a primary, or where that one does not answer. */
export async function replicationLagBytes(context: Context, info: ReportedNodeInfo): Promise<number | null> {
  if (info.role === 'PRIMARY') return null;
  const nodes = (await connectedNodes(context, info.node.clusterName)) ?? [];
  const self = await matchNode(nodes, info.node);
  const primary = nodes.find(({ isPrimary, firstSlot }) => isPrimary && firstSlot === self?.firstSlot);
  if (!primary) return null;
  const told = await nodeInfo(primary).catch((error: unknown) => {
    if (error instanceof Outage || error instanceof CommandError) return null;
    throw error;
  });
  return told && Math.max(0, told.replicationOffset - info.replicationOffset);
}

function nodesOfShard({ primary, replicas }: Shard): ClusterNode[] {
  return primary ? [primary, ...replicas] : [...replicas];
}

/** Null where the data cannot be reached, which `dataAccess` explains. */
async function connectedNodes(context: Context, clusterName: string): Promise<readonly ValkeyNode[] | null> {
  try {
    return (await context.connections.commands(clusterName, withoutWaiting(context))).nodes();
  } catch (error) {
    if (error instanceof ExpectedFailure || error instanceof Outage) return null;
    throw error;
  }
}

/** Of a cluster that is being deleted no node answers. */
function isGone(error: unknown): boolean {
  return error instanceof ExpectedFailure && (error.code === 'INVALID_STATE' || error.code === 'NOT_FOUND');
}

/** A cluster that is CREATING is described as it is: who asks for its status must not wait for its nodes. */
function withoutWaiting({ deliveryGroup }: Context): AccessRequest {
  return { deliveryGroup };
}

function configuredNode(clusterName: string, { endpoint, isPrimary }: ValkeyNode): ClusterNode {
  return {
    clusterName,
    name: `${endpoint.host}:${endpoint.port}`,
    role: isPrimary ? 'PRIMARY' : 'REPLICA',
    endpoint,
    status: null,
    availabilityZone: null,
  };
}
