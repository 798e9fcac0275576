import type { Cluster } from '../../domain/cluster/cluster.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

const longestReason = 1000;
const failurePattern = /fail|unable|could not|cannot|insufficient|invalid|error/i;

/**
 * The reason why a cluster could not be created or restored, in ElastiCache's words; null if ElastiCache gives none. Events are read
 * only for clusters that may have failed.
 */
export async function statusReason(context: Context, cluster: Cluster): Promise<string | null> {
  const { name, source, status } = cluster;
  requirePermission(context, 'clusters:read', { cluster: name });
  if (source !== 'ELASTICACHE' || (status !== 'CREATE_FAILED' && status !== 'UNKNOWN')) return null;
  const events = await context.inventory.events(cluster);
  const failure = events.findLast(({ message }) => failurePattern.test(message));
  return failure ? failure.message.slice(0, longestReason) : null;
}
