import type { AllowedNodeTypes, OfferedVersion } from '../../datasources/elasticache/shared-resources.js';
import type { Cluster, Engine } from '../../domain/cluster/cluster.js';
import { compareVersions } from '../../domain/cluster/engines.js';
import { requirePermission } from '../shared/access.js';
import type { Context } from '../shared/context.js';

/** The engine versions that ElastiCache offers, oldest first, and those of Redis before those of Valkey. */
export async function engineVersions(
  context: Context,
  { engine }: { readonly engine?: Engine | null | undefined },
): Promise<readonly OfferedVersion[]> {
  requirePermission(context, 'clusters:read');
  const all = await context.inventory.engineVersions();
  return all.filter((version) => engine == null || version.engine === engine).toSorted(compareVersions);
}

/** Null for a deployment from the configuration. */
export async function allowedNodeTypes(context: Context, cluster: Cluster): Promise<AllowedNodeTypes | null> {
  requirePermission(context, 'clusters:read', { cluster: cluster.name });
  return cluster.source === 'ELASTICACHE' ? context.inventory.allowedNodeTypes(cluster) : null;
}

/** The versions that are newer than that of the cluster; null if its version is unknown. */
export async function allowedEngineVersions(
  context: Context,
  { name, source, engine, engineVersion }: Cluster,
): Promise<readonly OfferedVersion[] | null> {
  requirePermission(context, 'clusters:read', { cluster: name });
  if (source !== 'ELASTICACHE' || engine === null || engineVersion === null) return null;
  const own = { engine, version: engineVersion, parameterGroupFamily: '' };
  const all = await context.inventory.engineVersions();
  return all.filter((version) => compareVersions(version, own) > 0).toSorted(compareVersions);
}
