import { waitUntil } from '../replication/replication.js';
import { parseClusterNodes } from './cluster-nodes.js';
import { nodesOf, type RunningShard, type ScalableGroup } from './scalable-group.js';

const timeoutMs = 5_000;

/**
 * Resolves when all nodes know the replicas of a shard as such, or after five seconds. Until then the primaries of other
 * shards would refuse to vote for a new replica, and writes would be blocked until its election is given up.
 */
export async function whenReplicasKnown(
  group: Pick<ScalableGroup, 'clusterMode' | 'shards' | 'closing'>,
  { shard }: RunningShard,
): Promise<void> {
  if (!group.clusterMode) return;
  const areKnown = async (): Promise<boolean> => {
    const primary = String(await shard.primary().command('CLUSTER', 'MYID'));
    const ports = shard.nodes().flatMap((node) => (node === shard.primary() ? [] : [node.port]));
    const views = await Promise.all(
      nodesOf(group)
        .filter((node) => node.isRunning())
        .map(async (node) => parseClusterNodes(await node.command('CLUSTER', 'NODES'))),
    );
    return views.every((members) =>
      ports.every((port) => members.some((member) => member.port === port && member.primaryId === primary)),
    );
  };
  await waitUntil(areKnown, group.closing, timeoutMs);
}
