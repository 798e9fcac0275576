import type { Cluster } from '../../domain/cluster/cluster.js';
import type { SubnetGroup } from '../../domain/cluster/subnet-group.js';
import { ExpectedFailure, invalidInput } from '../../domain/errors.js';
import { groupName } from '../../domain/identifiers.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import { requireInAllClusters, visibleCluster } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { createIfAbsent, type Created } from '../shared/create-if-absent.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

export interface CreateSubnetGroupInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly subnetIds: readonly string[];
  readonly tags?: readonly Tag[] | null | undefined;
  readonly ifNotExists: boolean;
}

export interface ModifySubnetGroupInput {
  readonly subnetGroup: string;
  readonly description?: string | null | undefined;
  readonly subnetIds?: readonly string[] | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];

/** @throws Outage FORBIDDEN */
export async function subnetGroups(context: Context, page: PageRequest): Promise<Page<SubnetGroup>> {
  requireInAllClusters(context, 'clusters:read');
  return pageByName(await context.inventory.subnetGroups(), ({ name }) => name, page);
}

/** Null if none exists. */
export async function subnetGroupByName(context: Context, name: string): Promise<SubnetGroup | null> {
  requireInAllClusters(context, 'clusters:read');
  return context.inventory.subnetGroup(name);
}

/** The group of the cluster; null for a deployment from the configuration, and until the first node exists. */
export async function subnetGroupOfCluster(context: Context, cluster: Cluster): Promise<SubnetGroup | null> {
  requireInAllClusters(context, 'clusters:read');
  return cluster.subnetGroup === null ? null : context.inventory.subnetGroup(cluster.subnetGroup);
}

/** The clusters in the group's subnets, of those that the caller may see. */
export async function clustersOfSubnetGroup(context: Context, { name }: SubnetGroup): Promise<readonly Cluster[]> {
  const all = await context.inventory.clusters();
  return all
    .filter(({ subnetGroup }) => subnetGroup?.toLowerCase() === name.toLowerCase())
    .flatMap((cluster) => visibleCluster(context, cluster) ?? []);
}

/** @throws ExpectedFailure for input that breaks a rule, before ElastiCache is called, and for ElastiCache's refusals */
export async function createSubnetGroup(
  context: Context,
  input: CreateSubnetGroupInput,
): Promise<Created<SubnetGroup>> {
  requireInAllClusters(context, 'clusters:admin');
  const { controlPlane, inventory } = context;
  const name = groupName(input.name, 'subnet group', at('name'));
  checkList(input.subnetIds, at('subnetIds'));
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  const group = { name, description: input.description ?? name, subnetIds: input.subnetIds, tags };
  return createIfAbsent({
    ifNotExists: input.ifNotExists,
    label: `Subnet group ${name}`,
    path: at('name'),
    find: () => {
      inventory.forget();
      return inventory.subnetGroup(name);
    },
    create: () => controlPlane.createSubnetGroup(group),
  });
}

/** @throws ExpectedFailure NOT_FOUND, INVALID_INPUT if no change is given, and for ElastiCache's refusals */
export async function modifySubnetGroup(context: Context, input: ModifySubnetGroupInput): Promise<SubnetGroup> {
  requireInAllClusters(context, 'clusters:admin');
  const { description, subnetIds } = input;
  if (description == null && subnetIds == null) {
    throw invalidInput('Expected description or subnetIds, got none of them.', at());
  }
  if (subnetIds) checkList(subnetIds, at('subnetIds'));
  const { name } = await existingSubnetGroup(context, input.subnetGroup);
  return context.controlPlane.modifySubnetGroup({
    name,
    description: description ?? undefined,
    subnetIds: subnetIds ?? undefined,
  });
}

/** Returns the last known state. */
export async function deleteSubnetGroup(
  context: Context,
  input: { readonly subnetGroup: string },
): Promise<SubnetGroup> {
  const group = await existingSubnetGroup(context, input.subnetGroup);
  await context.controlPlane.deleteSubnetGroup({ name: group.name });
  return group;
}

async function existingSubnetGroup(context: Context, name: string): Promise<SubnetGroup> {
  requireInAllClusters(context, 'clusters:admin');
  const group = await context.inventory.subnetGroup(name);
  if (group) return group;
  throw new ExpectedFailure('NOT_FOUND', 'There is no subnet group of this name.', { path: at('subnetGroup') });
}
