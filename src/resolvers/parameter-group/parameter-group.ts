import type { Cluster } from '../../domain/cluster/cluster.js';
import { defaultParameterGroup } from '../../domain/parameters/parameter-families.js';
import type { Parameter, ParameterGroup } from '../../domain/parameters/parameter-group.js';
import { ExpectedFailure } from '../../domain/errors.js';
import { createGlob } from '../../runtime/glob.js';
import { requireInAllClusters, visibleCluster } from '../shared/access.js';
import { readMatch } from '../shared/checks.js';
import type { Context } from '../shared/context.js';
import { pageByName, type Page, type PageRequest } from '../shared/page.js';

/** @throws Outage FORBIDDEN */
export async function parameterGroups(context: Context, page: PageRequest): Promise<Page<ParameterGroup>> {
  requireInAllClusters(context, 'clusters:read');
  return pageByName(await context.inventory.parameterGroups(), ({ name }) => name, page);
}

/** Null if none exists. */
export async function parameterGroupByName(context: Context, name: string): Promise<ParameterGroup | null> {
  requireInAllClusters(context, 'clusters:read');
  return findGroup(context, name);
}

/** The group of the cluster; null for a deployment from the configuration, and until the first node exists. */
export async function parameterGroupOfCluster(context: Context, cluster: Cluster): Promise<ParameterGroup | null> {
  requireInAllClusters(context, 'clusters:read');
  return cluster.parameterGroup === null ? null : findGroup(context, cluster.parameterGroup);
}

/**
 * The group that a mutation's input names, which requires `clusters:admin` in all clusters.
 * @throws ExpectedFailure NOT_FOUND at `input.parameterGroup`; Outage FORBIDDEN
 */
export async function existingParameterGroup(context: Context, name: string): Promise<ParameterGroup> {
  requireInAllClusters(context, 'clusters:admin');
  const group = await findGroup(context, name);
  if (group) return group;
  const path = ['input', 'parameterGroup'];
  throw new ExpectedFailure('NOT_FOUND', 'There is no parameter group of this name.', { path });
}

/** A default group may be named with the minor version of its family, as AWS's tutorial does. */
async function findGroup({ inventory }: Context, name: string): Promise<ParameterGroup | null> {
  return inventory.parameterGroup(defaultParameterGroup(name)?.name ?? name);
}

interface ParametersRequest extends PageRequest {
  readonly changedOnly: boolean;
  /** A glob pattern of names. */
  readonly match?: string | null | undefined;
}

/** @throws ExpectedFailure INVALID_INPUT for an invalid page or pattern */
export async function parametersOfGroup(
  context: Context,
  { name }: ParameterGroup,
  request: ParametersRequest,
): Promise<Page<Parameter>> {
  const pattern = readMatch(context, { match: request.match, encoding: 'UTF8' });
  const parameters = await context.inventory.parameters(name, request.changedOnly);
  const matches = pattern && createGlob(pattern);
  const found = matches ? parameters.filter((parameter) => matches(Buffer.from(parameter.name))) : parameters;
  return pageByName(found, (parameter) => parameter.name, request);
}

/** The clusters that use the group, of those that the caller may see. */
export async function clustersOfParameterGroup(
  context: Context,
  { name }: ParameterGroup,
): Promise<readonly Cluster[]> {
  const all = await context.inventory.clusters();
  return all
    .filter(({ parameterGroup }) => parameterGroup?.toLowerCase() === name.toLowerCase())
    .flatMap((cluster) => visibleCluster(context, cluster) ?? []);
}
