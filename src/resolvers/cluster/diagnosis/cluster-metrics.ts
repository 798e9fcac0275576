import type { ClusterMetrics, NodeLoad } from '../../../domain/cluster/cluster-metrics.js';
import { invalidInput } from '../../../domain/errors.js';
import type { LiveSource } from '../../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../../shared/access.js';

const every = { shortest: 1, longest: 3600 };

/**
 * The load of a cluster, every `everySeconds`.
 * @throws Outage FORBIDDEN; ExpectedFailure INVALID_INPUT
 */
export function clusterMetrics(
  context: PermissionContext,
  { cluster, everySeconds }: { readonly cluster: string; readonly everySeconds: number },
): LiveSource<ClusterMetrics> {
  if (!(everySeconds >= every.shortest && everySeconds <= every.longest)) {
    throw invalidInput(`Expected ${every.shortest} to ${every.longest} seconds, got ${everySeconds}.`, [
      'everySeconds',
    ]);
  }
  requirePermission(context, 'nodes:read', { cluster });
  return context.realtime.clusterMetrics({ cluster, everyMs: Math.round(everySeconds * 1000) });
}

/** @throws the reason why the node, or no node of the cluster, has answered */
export function knownLoad(load: NodeLoad | Error): NodeLoad {
  if (load instanceof Error) throw load;
  return load;
}
