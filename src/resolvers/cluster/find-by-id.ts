import type { ClusterNode, Shard } from '../../domain/cluster/cluster.js';
import { nodesOfCluster } from './cluster-node.js';
import { clusterByName } from './cluster.js';
import type { Context } from '../shared/context.js';

/** The shard with the ID `cluster/shard`; null if it no longer exists. */
export async function findShard(context: Context, id: string): Promise<Shard | null> {
  const { clusterName, part } = split(id);
  const cluster = await clusterByName(context, clusterName);
  return cluster?.shards?.find(({ name }) => name === part) ?? null;
}

/** The node with the ID `cluster/node`; null if it no longer exists. */
export async function findNode(context: Context, id: string): Promise<ClusterNode | null> {
  const { clusterName, part } = split(id);
  const cluster = await clusterByName(context, clusterName);
  const nodes = cluster && (await nodesOfCluster(context, cluster));
  return nodes?.find(({ name }) => name === part) ?? null;
}

function split(id: string): { clusterName: string; part: string } {
  const at = id.lastIndexOf('/');
  return { clusterName: id.slice(0, at), part: id.slice(at + 1) };
}
