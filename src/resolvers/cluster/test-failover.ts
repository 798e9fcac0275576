import { ExpectedFailure } from '../../domain/errors.js';
import { refuseCacheCluster } from './cache-cluster.js';
import { existingCluster } from './cluster.js';
import { ifReadable } from '../shared/access.js';
import type { Context } from '../shared/context.js';

export interface TestFailoverInput {
  readonly cluster: string;
  readonly shard: string;
}

/**
 * Makes a shard's primary fail so that a replica is promoted; returns the cluster's name.
 * @throws ExpectedFailure NOT_FOUND if the cluster or the shard does not exist, and for ElastiCache's refusals
 */
export async function testFailover(context: Context, input: TestFailoverInput): Promise<{ readonly name: string }> {
  const cluster = await existingCluster(context, input.cluster, ['input', 'cluster']);
  refuseCacheCluster(cluster, 'replica to promote', ['input', 'cluster']);
  const { name, shards } = cluster;
  if (shards && !shards.some((shard) => shard.name === input.shard)) {
    const expected = `Expected a shard of cluster ${name}: ${shards.map((shard) => shard.name).join(', ')}.`;
    const message = ifReadable(context, name, expected, `Cluster ${name} has no shard of this name.`);
    throw new ExpectedFailure('NOT_FOUND', message, { path: ['input', 'shard'] });
  }
  await context.controlPlane.testFailover({ cluster: name, shard: input.shard });
  return { name };
}
