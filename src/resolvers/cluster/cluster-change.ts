import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/**
 * Changes of one cluster, or of all that the caller may read at the time of the change. An event is the same object for all
 * who get it, so that it is decided here who does.
 * @throws Outage FORBIDDEN for one that the caller may not read
 */
export function clusterChanges(
  context: PermissionContext & Pick<Context, 'clusterWatch'>,
  cluster: string | undefined,
): LiveSource<ClusterChange> {
  requirePermission(context, 'clusters:read', { cluster });
  const { principal, clusterWatch } = context;
  return clusterWatch.changes({
    clusterName: cluster,
    maySee: (name) => principal.access.may('clusters:read', { cluster: name }),
  });
}
