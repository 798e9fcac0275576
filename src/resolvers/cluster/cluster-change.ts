import type { ClusterChange } from '../../domain/cluster/cluster-change.js';
import type { LiveSource } from '../../runtime/live-source.js';
import { requirePermission, type PermissionContext } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/**
 * Changes of one cluster, or of all clusters that the caller may read at the time of the change. Permissions are checked here for
 * each event, because all subscribers share its object.
 * @throws Outage FORBIDDEN if the caller may not read the named cluster
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
