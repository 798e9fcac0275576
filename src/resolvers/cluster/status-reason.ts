import type { Cluster } from '../../domain/cluster/cluster.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

const longestReason = 1000;
const reportsFailure = /fail|unable|could not|cannot|insufficient|invalid|error/i;

/**
 * Why a cluster could not be created or restored, in ElastiCache's words; null for one that is well, and if ElastiCache says nothing.
 * Of other clusters nothing is read.
 */
export async function statusReason(context: Context, cluster: Cluster): Promise<string | null> {
  const { name, source, status } = cluster;
  requirePermission(context, 'clusters:read', { cluster: name });
  if (source !== 'ELASTICACHE' || (status !== 'CREATE_FAILED' && status !== 'UNKNOWN')) return null;
  const events = await context.inventory.events(cluster);
  const failure = events.findLast(({ message }) => reportsFailure.test(message));
  return failure ? failure.message.slice(0, longestReason) : null;
}
