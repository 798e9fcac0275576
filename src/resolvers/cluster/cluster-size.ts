import { checkReplicaCount, checkShardCount } from '../../domain/cluster/cluster-shape.js';
import type { Cluster, Shard } from '../../domain/cluster/cluster.js';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import type { Context } from '../shared/context.js';
import { refuseCacheCluster } from './cache-cluster.js';
import { nodesOfShard } from './cluster-node.js';
import { existingCluster } from './cluster.js';
import { checkWait, waitForChange } from './wait.js';

interface Waiting {
  /** How long to wait until the cluster is AVAILABLE again. */
  readonly waitSeconds?: number | null | undefined;
}

export interface SetReplicaCountInput extends Waiting {
  readonly cluster: string;
  readonly replicasPerShard: number;
}

export interface SetShardCountInput extends Waiting {
  readonly cluster: string;
  readonly shards: number;
}

const at = (field: string): readonly string[] => ['input', field];

/**
 * Adds or removes replicas until each shard has the number; returns the cluster's name. Nothing is sent if it has.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, INVALID_STATE if shards have both more and fewer, and for
 * ElastiCache's refusals
 */
export async function setReplicaCount(
  context: Context,
  input: SetReplicaCountInput,
): Promise<{ readonly name: string }> {
  const { name, shards } = await scalableCluster(context, input);
  const { replicasPerShard } = input;
  checkReplicaCount(replicasPerShard, at('replicasPerShard'));
  const fewer = shards.filter((shard) => replicaCount(shard) < replicasPerShard);
  const more = shards.filter((shard) => replicaCount(shard) > replicasPerShard);
  if (fewer.length > 0 && more.length > 0) {
    const message =
      `ElastiCache either adds or removes replicas, and some shards of cluster ${name} have fewer than ${replicasPerShard}, others ` +
      'more. Choose a number that no shard exceeds first.';
    throw new ExpectedFailure('INVALID_STATE', message, { path: at('replicasPerShard') });
  }
  const changed = [...fewer, ...more];
  if (changed.length > 0) {
    await context.controlPlane.setReplicaCount({
      cluster: name,
      direction: fewer.length > 0 ? 'INCREASE' : 'DECREASE',
      shards: changed.map((shard) => shard.name),
      replicasPerShard,
    });
    await waitForChange(context, name, input.waitSeconds);
  }
  return { name };
}

/**
 * Adds or removes shards, and spreads the slots evenly; returns the cluster's name. The shards with the highest IDs are
 * removed. Nothing is sent if the cluster has the number.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT, and for ElastiCache's refusals
 */
export async function setShardCount(context: Context, input: SetShardCountInput): Promise<{ readonly name: string }> {
  const { name, shards, clusterMode } = await scalableCluster(context, input);
  checkShardCount(input.shards, at('shards'));
  if (clusterMode === 'DISABLED' && input.shards !== 1) {
    throw invalidInput(`Cluster ${name} has one shard, because its cluster mode is disabled.`, at('shards'));
  }
  if (input.shards !== shards.length) {
    const ids = shards.map((shard) => shard.name).toSorted();
    await context.controlPlane.setShardCount({ cluster: name, shards: input.shards, remove: ids.slice(input.shards) });
    await waitForChange(context, name, input.waitSeconds);
  }
  return { name };
}

/** All nodes but one: with cluster mode enabled, ElastiCache does not report which is the primary. */
function replicaCount(shard: Shard): number {
  return nodesOfShard(shard).length - 1;
}

/** The cluster, of which ElastiCache manages the shards. */
async function scalableCluster(
  context: Context,
  input: SetReplicaCountInput | SetShardCountInput,
): Promise<Pick<Cluster, 'name' | 'clusterMode'> & { readonly shards: NonNullable<Cluster['shards']> }> {
  const cluster = await existingCluster(context, input.cluster, at('cluster'));
  const { name, clusterMode, shards, source, status } = cluster;
  checkWait(input.waitSeconds);
  if (source === 'CONFIGURATION') {
    const message = `Cluster ${name} is defined in this server's configuration and cannot be managed here.`;
    throw new ExpectedFailure('NOT_SUPPORTED', message, { path: at('cluster') });
  }
  refuseCacheCluster(cluster, 'replicas and shards', at('cluster'));
  // Its number of nodes is not known until then.
  if (status !== 'AVAILABLE' || !shards) {
    const message = `Cluster ${name} is ${status}: its size can be changed when it is AVAILABLE.`;
    throw new ExpectedFailure('INVALID_STATE', message, { path: at('cluster') });
  }
  return { name, clusterMode, shards };
}
