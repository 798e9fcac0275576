import { checkSnapshotRetention } from '../../domain/cluster/cluster-shape.js';
import type { Cluster, ClusterMode, Engine, TransitEncryption } from '../../domain/cluster/cluster.js';
import { invalidInput } from '../../domain/errors.js';
import { userGroupId } from '../../domain/identifiers.js';
import type { ClusterModification } from '../../domain/cluster/new-cluster.js';
import { defaultParameterGroup } from '../../domain/parameters/parameter-families.js';
import { requirePermission } from '../shared/access.js';
import { refuseCacheCluster } from './cache-cluster.js';
import { existingCluster } from './cluster.js';
import type { Context } from '../shared/context.js';
import { checkWait, waitForChange } from './wait.js';

export interface ModifyClusterInput {
  readonly cluster: string;
  readonly description?: string | null | undefined;
  readonly engine?: Engine | null | undefined;
  readonly engineVersion?: string | null | undefined;
  readonly nodeType?: string | null | undefined;
  readonly clusterMode?: ClusterMode | null | undefined;
  readonly transitEncryption?: TransitEncryption | null | undefined;
  readonly parameterGroup?: string | null | undefined;
  readonly addUserGroupIds?: readonly string[] | null | undefined;
  readonly removeUserGroupIds?: readonly string[] | null | undefined;
  readonly automaticFailover?: boolean | null | undefined;
  readonly multiAz?: boolean | null | undefined;
  readonly snapshotRetentionDays?: number | null | undefined;
  readonly securityGroupIds?: readonly string[] | null | undefined;
  readonly maintenanceWindow?: string | null | undefined;
  readonly snapshotWindow?: string | null | undefined;
  readonly notificationTopicArn?: string | null | undefined;
  readonly autoMinorVersionUpgrade?: boolean | null | undefined;
  readonly applyImmediately: boolean;
  /** How long to wait until the cluster is AVAILABLE again. */
  readonly waitSeconds?: number | null | undefined;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];

/**
 * Changes the given fields of a cluster; returns its name.
 * @throws ExpectedFailure NOT_FOUND, INVALID_INPUT if no field is given, and for ElastiCache's refusals
 */
export async function modifyCluster(context: Context, input: ModifyClusterInput): Promise<{ readonly name: string }> {
  requirePermission(context, 'clusters:admin', { cluster: input.cluster });
  checkWait(input.waitSeconds);
  const modification = clusterModification(input);
  const cluster = await existingCluster(context, input.cluster, at('cluster'));
  const { name, isCacheCluster } = cluster;
  if (isCacheCluster) refuseGroupChanges(cluster, modification);
  await context.controlPlane.modifyCluster({ ...modification, cluster: name, isCacheCluster });
  await waitForChange(context, name, input.waitSeconds);
  return { name };
}

/** Refuses changes that ElastiCache cannot make of a cache cluster. The present value of a field may be given. */
function refuseGroupChanges(cluster: Cluster, change: ClusterModification): void {
  const lacks = {
    description: 'description',
    clusterMode: 'cluster mode',
    transitEncryption: 'TLS',
    automaticFailover: 'replicas',
    multiAz: 'replicas',
  } as const;
  const now: Partial<Record<keyof ClusterModification, unknown>> = {
    ...cluster,
    automaticFailover: cluster.automaticFailover === 'ENABLED',
  };
  for (const field of Object.keys(lacks) as (keyof typeof lacks)[]) {
    if (change[field] !== undefined && change[field] !== now[field]) {
      refuseCacheCluster(cluster, lacks[field], at(field));
    }
  }
  for (const field of ['addUserGroupIds', 'removeUserGroupIds'] as const) {
    if (change[field].length > 0) refuseCacheCluster(cluster, 'user groups', at(field));
  }
}

function clusterModification(input: ModifyClusterInput): ClusterModification {
  const { cluster, applyImmediately, waitSeconds: _notAChange, ...changes } = input;
  if (changes.securityGroupIds?.length === 0) {
    throw invalidInput('Expected at least one security group, got an empty list.', at('securityGroupIds'));
  }
  const isChange = (value: unknown): boolean => value != null && !(Array.isArray(value) && value.length === 0);
  if (!Object.values(changes).some(isChange)) {
    throw invalidInput('Expected at least one change, got none.', at());
  }
  if (changes.snapshotRetentionDays != null) {
    checkSnapshotRetention(changes.snapshotRetentionDays, at('snapshotRetentionDays'));
  }
  const userGroupIds = (field: 'addUserGroupIds' | 'removeUserGroupIds'): string[] =>
    (changes[field] ?? []).map((id, index) => userGroupId(id, at(field, String(index))));
  const parameterGroup = changes.parameterGroup ?? undefined;
  return {
    cluster,
    description: changes.description ?? undefined,
    engine: changes.engine ?? undefined,
    engineVersion: changes.engineVersion ?? undefined,
    nodeType: changes.nodeType ?? undefined,
    clusterMode: changes.clusterMode ?? undefined,
    transitEncryption: changes.transitEncryption ?? undefined,
    parameterGroup: parameterGroup && (defaultParameterGroup(parameterGroup)?.name ?? parameterGroup),
    addUserGroupIds: userGroupIds('addUserGroupIds'),
    removeUserGroupIds: userGroupIds('removeUserGroupIds'),
    automaticFailover: changes.automaticFailover ?? undefined,
    multiAz: changes.multiAz ?? undefined,
    snapshotRetentionDays: changes.snapshotRetentionDays ?? undefined,
    securityGroupIds: changes.securityGroupIds ?? [],
    maintenanceWindow: changes.maintenanceWindow ?? undefined,
    snapshotWindow: changes.snapshotWindow ?? undefined,
    notificationTopicArn: changes.notificationTopicArn ?? undefined,
    autoMinorVersionUpgrade: changes.autoMinorVersionUpgrade ?? undefined,
    applyImmediately,
  };
}
