import type { Cluster } from '../domain/cluster.js';
import { ExpectedFailure } from '../domain/errors.js';
import type { Tag, UserGroup } from '../domain/user.js';
import type { Context } from './context.js';
import { pageByName, type Page, type PageRequest } from './page.js';

export async function clusters({ inventory }: Context, page: PageRequest): Promise<Page<Cluster>> {
  return pageByName(await inventory.clusters(), ({ name }) => name, page);
}

/**
 * The cluster of this name for what needs no more than its name, that is its data: as it was last seen, and looked for
 * only where it was not. Reads of data neither wait for the control plane nor fail with it.
 */
export function clusterForData(context: Context, name: string): Cluster | Promise<Cluster | null> {
  return context.clusterDirectory.recall(name) ?? foundCluster(context, name);
}

async function foundCluster({ clusterDirectory }: Context, name: string): Promise<Cluster | null> {
  try {
    return await clusterDirectory.find(name);
  } catch (error) {
    if (error instanceof ExpectedFailure && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/**
 * The cluster that an input names.
 * @throws ExpectedFailure NOT_FOUND at `path`
 */
export async function existingCluster({ inventory }: Context, name: string, path: readonly string[]): Promise<Cluster> {
  const cluster = await inventory.cluster(name);
  if (cluster) return cluster;
  throw new ExpectedFailure('NOT_FOUND', `There is no cluster named ${JSON.stringify(name)}.`, { path });
}

/** The user groups whose users the cluster lets in; a cluster without any needs no look at them. */
export async function userGroupsOfCluster({ inventory }: Context, cluster: Cluster): Promise<readonly UserGroup[]> {
  if (cluster.userGroupIds.length === 0) return [];
  const groups = await inventory.userGroups();
  return groups.filter(({ userGroupId }) => cluster.userGroupIds.includes(userGroupId));
}

/** Null for a cluster that ElastiCache does not know. */
export async function tagsOfCluster({ controlPlane }: Context, { arn }: Cluster): Promise<readonly Tag[] | null> {
  return arn === null ? null : controlPlane.tags(arn);
}
