import type { Cluster } from '../../domain/cluster/cluster.js';
import type { Snapshot, SnapshotSource } from '../../domain/cluster/snapshot.js';
import type { Tag } from '../../domain/tags.js';
import { clusterByName } from '../cluster/cluster.js';
import { hasPermission, requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

interface SnapshotsRequest extends PageRequest {
  readonly cluster?: string | null | undefined;
  readonly source?: SnapshotSource | null | undefined;
}

/** The snapshots of the clusters in which the caller has `clusters:read`. @throws Outage FORBIDDEN for a named cluster */
export async function snapshots(context: Context, request: SnapshotsRequest): Promise<Page<Snapshot>> {
  const cluster = request.cluster?.toLowerCase();
  if (cluster !== undefined) requirePermission(context, 'clusters:read', { cluster });
  const all = await context.inventory.snapshots();
  const chosen = all.filter(
    (snapshot) =>
      (cluster === undefined || snapshot.clusterName === cluster) &&
      (request.source == null || snapshot.source === request.source) &&
      mayRead(context, snapshot),
  );
  return pageByName(chosen, ({ name }) => name, request);
}

/** Null if none exists or the caller may not read its cluster; the two cases are indistinguishable. */
export async function snapshotByName(context: Context, name: string): Promise<Snapshot | null> {
  const snapshot = await context.inventory.snapshot(name);
  return snapshot && mayRead(context, snapshot) ? snapshot : null;
}

/** Null for a deployment from the configuration. */
export async function snapshotsOfCluster(
  context: Context,
  { name, source }: Cluster,
  page: PageRequest,
): Promise<Page<Snapshot> | null> {
  return source === 'ELASTICACHE' ? snapshots(context, { ...page, cluster: name }) : null;
}

/** Null if the cluster no longer exists. */
export async function clusterOfSnapshot(context: Context, { clusterName }: Snapshot): Promise<Cluster | null> {
  return clusterName === null ? null : clusterByName(context, clusterName);
}

export function tagsOfSnapshot({ inventory }: Context, { arn }: Snapshot): Promise<readonly Tag[]> {
  return inventory.tags(arn);
}

/** Only a permission for all clusters covers a snapshot of an unknown one. */
function mayRead(context: Context, { clusterName }: Snapshot): boolean {
  return hasPermission(context, 'clusters:read', { cluster: clusterName ?? '' });
}
