import { CommandError } from '../../datasources/valkey/command-error.js';
import { defaultSections } from '../../datasources/valkey/values/nodes/info.js';
import { nodeInfo, nodeInfoOf } from '../../datasources/valkey/values/nodes/node-info.js';
import type { ValkeyNode } from '../../datasources/valkey/interfaces.js';
import { matchNode } from '../../datasources/valkey/connections/topology/match-node.js';
import type { Cluster, ClusterNode, NodeRole, Shard } from '../../domain/cluster/cluster.js';
import { ExpectedFailure, Outage } from '../../domain/errors.js';
import type { NodeInfo } from '../../domain/cluster/node-info.js';
import { clusterByName } from './cluster.js';
import { withoutWaiting } from '../shared/connected-node.js';
import type { Context } from '../shared/context.js';

/** INFO of a node, and the node that reported it. */
export interface ReportedNodeInfo extends NodeInfo {
  readonly node: ClusterNode;
}

/** The shard with the ID `cluster/shard`; null if it no longer exists. */
export async function findShard(context: Context, id: string): Promise<Shard | null> {
  const { clusterName, part } = splitId(id);
  const cluster = await clusterByName(context, clusterName);
  return cluster?.shards?.find(({ name }) => name === part) ?? null;
}

/** The node with the ID `cluster/node`; null if it no longer exists. */
export async function findNode(context: Context, id: string): Promise<ClusterNode | null> {
  const { clusterName, part } = splitId(id);
  const cluster = await clusterByName(context, clusterName);
  const nodes = cluster && (await nodesOfCluster(context, cluster));
  return nodes?.find(({ name }) => name === part) ?? null;
}

/** All nodes of a cluster, shard by shard. The nodes of a deployment from the configuration report each other. */
export async function nodesOfCluster(context: Context, cluster: Cluster): Promise<readonly ClusterNode[] | null> {
  if (cluster.shards) return cluster.shards.flatMap(nodesOfShard);
  const reported = await connectedNodes(context, cluster.name);
  return reported?.map((node) => configuredNode(cluster.name, node)) ?? null;
}

/** The shard's primary. In cluster mode the nodes report it, because ElastiCache does not. */
export async function primaryOfShard(context: Context, shard: Shard): Promise<ClusterNode | null> {
  if (shard.primary) return shard.primary;
  const roles = await Promise.all(shard.replicas.map((node) => roleOfNode(context, node)));
  return shard.replicas.find((_, index) => roles[index] === 'PRIMARY') ?? null;
}

/** The shard's nodes without its primary; all nodes if the primary is unknown. */
export async function replicasOfShard(context: Context, shard: Shard): Promise<readonly ClusterNode[]> {
  const primary = await primaryOfShard(context, shard);
  return shard.replicas.filter((node) => node !== primary);
}

/** The role that ElastiCache reports, or else the one that the nodes report; null if neither does. */
export async function roleOfNode(context: Context, node: ClusterNode): Promise<NodeRole | null> {
  if (node.role) return node.role;
  const reported = await connectedNodes(context, node.clusterName);
  if (!reported) return null;
  const own = await matchNode(reported, node);
  if (own) return own.isPrimary ? 'PRIMARY' : 'REPLICA';
  return (await siblingsOf(context, node, reported)).some(({ isPrimary }) => isPrimary) ? 'REPLICA' : null;
}

/** The reported nodes of a node's shard. CLUSTER SLOTS omits a replica until gossip has spread its offset, but not its primary. */
async function siblingsOf(context: Context, node: ClusterNode, reported: readonly ValkeyNode[]): Promise<ValkeyNode[]> {
  const cluster = await context.inventory.cluster(node.clusterName);
  const shard = cluster?.shards?.find((candidate) => nodesOfShard(candidate).some(({ name }) => name === node.name));
  const siblings = await Promise.all((shard ? nodesOfShard(shard) : []).map((sibling) => matchNode(reported, sibling)));
  return siblings.flatMap((sibling) => sibling ?? []);
}

/**
 * INFO of a node; null if it does not answer.
 * @throws ExpectedFailure NOT_CONNECTED, PERMISSION_DENIED
 */
export async function infoOfNode(context: Context, node: ClusterNode): Promise<ReportedNodeInfo | null> {
  if (!node.endpoint) return null;
  try {
    return { ...nodeInfoOf(await context.nodeInfo.read(node, [defaultSections])), node };
  } catch (error) {
    if (error instanceof Outage || isDeleted(error)) return null;
    if (!(error instanceof CommandError)) throw error;
    throw new ExpectedFailure('PERMISSION_DENIED', error.message, { upstreamCode: error.prefix, cause: error });
  }
}

/** Bytes by which a replica is behind its primary; null for a primary, or if the primary does not answer. */
export async function replicationLagBytes(context: Context, info: ReportedNodeInfo): Promise<number | null> {
  if (info.role === 'PRIMARY') return null;
  const nodes = (await connectedNodes(context, info.node.clusterName)) ?? [];
  const self = (await matchNode(nodes, info.node)) ?? (await siblingsOf(context, info.node, nodes))[0];
  const primary = nodes.find(({ isPrimary, firstSlot }) => isPrimary && firstSlot === self?.firstSlot);
  if (!primary) return null;
  const reported = await nodeInfo(primary).catch((error: unknown) => {
    if (error instanceof Outage || error instanceof CommandError) return null;
    throw error;
  });
  return reported && Math.max(0, reported.replicationOffset - info.replicationOffset);
}

export function nodesOfShard({ primary, replicas }: Shard): ClusterNode[] {
  return primary ? [primary, ...replicas] : [...replicas];
}

/** Null if the data cannot be reached; `dataAccess` has the reason. */
async function connectedNodes(context: Context, clusterName: string): Promise<readonly ValkeyNode[] | null> {
  try {
    return (await context.connections.commands(clusterName, withoutWaiting(context))).nodes();
  } catch (error) {
    if (error instanceof ExpectedFailure || error instanceof Outage) return null;
    throw error;
  }
}

/** The nodes of a cluster that is being deleted do not answer. */
function isDeleted(error: unknown): boolean {
  return error instanceof ExpectedFailure && (error.code === 'INVALID_STATE' || error.code === 'NOT_FOUND');
}

export function configuredNode(
  clusterName: string,
  { endpoint, isPrimary }: Pick<ValkeyNode, 'endpoint' | 'isPrimary'>,
): ClusterNode {
  return {
    clusterName,
    name: `${endpoint.host}:${endpoint.port}`,
    role: isPrimary ? 'PRIMARY' : 'REPLICA',
    endpoint,
    status: null,
    needsReboot: null,
    availabilityZone: null,
  };
}

export function splitId(id: string): { clusterName: string; part: string } {
  const at = id.lastIndexOf('/');
  return { clusterName: id.slice(0, at), part: id.slice(at + 1) };
}
