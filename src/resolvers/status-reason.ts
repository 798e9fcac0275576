import type { Cluster } from '../domain/cluster.js';
import type { Context } from './context.js';

const longestReason = 1000;
const tellsOfFailure = /fail|unable|could not|cannot|insufficient|invalid|error/i;

/**
 * Why a cluster could not be created or restored, in ElastiCache's words; null for one that is well, and if ElastiCache says nothing.
 * Of other clusters nothing is read.
 */
export async function statusReason({ inventory }: Context, cluster: Cluster): Promise<string | null> {
  const { source, status } = cluster;
  if (source !== 'ELASTICACHE' || (status !== 'CREATE_FAILED' && status !== 'UNKNOWN')) return null;
  const events = await inventory.events(cluster);
  const failure = events.findLast(({ message }) => tellsOfFailure.test(message));
  return failure ? failure.message.slice(0, longestReason) : null;
}
