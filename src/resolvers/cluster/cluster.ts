import type { Cluster } from '../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { UserGroup } from '../../domain/user/user.js';
import type { Tag } from '../../domain/tags.js';
import type { Context } from '../shared/context.js';
import { requirePermission, canSeeCluster, visibleCluster } from '../shared/access.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

/** The clusters that the caller may see. */
export async function clusters(context: Context, page: PageRequest): Promise<Page<Cluster>> {
  const all = await context.inventory.clusters();
  const visible = all.flatMap((cluster) => visibleCluster(context, cluster) ?? []);
  return pageByName(visible, ({ name }) => name, page);
}

/** Null if no such cluster exists or the caller may not see it; the two cases are indistinguishable. */
export async function clusterByName(context: Context, name: string): Promise<Cluster | null> {
  return canSeeCluster(context, name) ? visibleCluster(context, await context.inventory.cluster(name)) : null;
}

/**
 * The cluster of this name for fields that read its data: as it was last described, and looked up only if it is unknown. Reads of
 * data therefore neither wait for the control plane nor fail with it.
 */
export function clusterForData(context: Context, name: string): Cluster | null | Promise<Cluster | null> {
  if (!canSeeCluster(context, name)) return null;
  const known = context.clusterDirectory.recall(name);
  return known ? visibleCluster(context, known) : lookUpCluster(context, name);
}

async function lookUpCluster(context: Context, name: string): Promise<Cluster | null> {
  try {
    return visibleCluster(context, await context.clusterDirectory.find(name));
  } catch (error) {
    if (error instanceof ExpectedFailure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/**
 * The cluster that a mutation's input names, which requires `clusters:admin`.
 * @throws ExpectedFailure NOT_FOUND at `path`; Outage FORBIDDEN
 */
export async function existingCluster(context: Context, name: string, path: readonly string[]): Promise<Cluster> {
  requirePermission(context, 'clusters:admin', { cluster: name });
  const cluster = await context.inventory.cluster(name);
  if (cluster) return cluster;
  throw new ExpectedFailure('NOT_FOUND', 'There is no cluster of this name.', { path });
}

/** The user groups whose users can connect to the cluster. */
export async function userGroupsOfCluster({ inventory }: Context, cluster: Cluster): Promise<readonly UserGroup[]> {
  if (cluster.userGroupIds.length === 0) return [];
  const groups = await inventory.userGroups();
  return groups.filter(({ userGroupId }) => cluster.userGroupIds.includes(userGroupId));
}

/** Null for a deployment from the configuration. */
export async function tagsOfCluster({ inventory }: Context, { arn }: Cluster): Promise<readonly Tag[] | null> {
  return arn === null ? null : inventory.tags(arn);
}

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
