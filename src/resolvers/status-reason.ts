import type { Cluster } from '../domain/cluster.js';
import type { Context } from './context.js';

/** Events older than that ElastiCache does not keep. */
const longestMs = 14 * 24 * 60 * 60 * 1000;
const longestReason = 1000;
const tellsOfFailure = /fail|unable|could not|cannot|insufficient|invalid|error/i;

/**
 * Why a cluster could not be created or restored, in ElastiCache's words; null for one that is well, and if ElastiCache says nothing.
 * Of other clusters nothing is read.
 */
export async function statusReason({ controlPlane }: Context, cluster: Cluster): Promise<string | null> {
  const { createdAt, name, source, status } = cluster;
  if (source !== 'ELASTICACHE' || (status !== 'CREATE_FAILED' && status !== 'UNKNOWN')) return null;
  const earliest = Date.now() - longestMs + 60_000;
  const since = new Date(Math.max(createdAt?.getTime() ?? 0, earliest));
  const events = await controlPlane.clusterEvents({ cluster: name, since });
  const failure = events.findLast(({ message }) => tellsOfFailure.test(message));
  return failure ? failure.message.slice(0, longestReason) : null;
}
