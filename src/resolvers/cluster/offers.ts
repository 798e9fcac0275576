import type { AllowedNodeTypes, OfferedVersion } from '../../datasources/elasticache/shared-resources.js';
import type { Cluster, Engine } from '../../domain/cluster/cluster.js';
import { compareVersions } from '../../domain/cluster/engines.js';
import { isOfferedWith, isOfferedWithEngine } from '../../domain/cluster/node-type-engines.js';
import { nodeTypeTable, type NodeType } from '../../domain/cluster/node-type-table.js';
import { invalidInput } from '../../domain/errors.js';
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

interface NodeTypesFilter {
  readonly engine?: Engine | null | undefined;
  readonly engineVersion?: string | null | undefined;
}

/**
 * The node types of ElastiCache, or those that it offers with an engine, or with a version of the engine.
 * @throws ExpectedFailure INVALID_INPUT for a version without an engine
 */
export function nodeTypes({ engine, engineVersion: version }: NodeTypesFilter): readonly NodeType[] {
  if (engine == null) {
    if (version == null) return nodeTypeTable;
    throw invalidInput('Expected an engine together with its version, got the version alone.', ['engine']);
  }
  return nodeTypeTable.filter(({ name }) =>
    version == null ? isOfferedWithEngine(name, engine) : isOfferedWith(name, { engine, version }),
  );
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
