import {
  checkClusterShape,
  checkPort,
  checkShardCount,
  checkSnapshotRetention,
} from '../../domain/cluster/cluster-shape.js';
import type { ClusterMode, Engine, TransitEncryption } from '../../domain/cluster/cluster.js';
import { engineVersions } from '../../domain/cluster/engines.js';
import { invalidInput } from '../../domain/errors.js';
import { replicationGroupId, userGroupId } from '../../domain/identifiers.js';
import type { NewCluster } from '../../domain/cluster/new-cluster.js';
import { defaultParameterGroup, defaultParameterGroupName } from '../../domain/parameters/parameter-families.js';
import { checkAuthToken } from '../../domain/user/passwords.js';
import { checkTags, type Tag } from '../../domain/tags.js';
import { checkGroupUse } from '../../domain/user/user-group-members.js';

export interface CreateClusterInput {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly engine: Engine;
  readonly engineVersion?: string | null | undefined;
  readonly nodeType: string;
  readonly clusterMode: ClusterMode;
  readonly shards: number;
  readonly replicasPerShard: number;
  readonly automaticFailover?: boolean | null | undefined;
  readonly multiAz?: boolean | null | undefined;
  readonly transitEncryption?: TransitEncryption | null | undefined;
  readonly atRestEncryption?: boolean | null | undefined;
  readonly userGroupIds?: readonly string[] | null | undefined;
  readonly authToken?: string | null | undefined;
  readonly securityGroupIds?: readonly string[] | null | undefined;
  readonly subnetGroup?: string | null | undefined;
  readonly parameterGroup?: string | null | undefined;
  readonly snapshotRetentionDays: number;
  readonly maintenanceWindow?: string | null | undefined;
  readonly snapshotWindow?: string | null | undefined;
  readonly notificationTopicArn?: string | null | undefined;
  readonly autoMinorVersionUpgrade?: boolean | null | undefined;
  readonly port?: number | null | undefined;
  readonly snapshot?: string | null | undefined;
  readonly tags?: readonly Tag[] | null | undefined;
  readonly ifNotExists: boolean;
}

const at = (...field: string[]): readonly string[] => ['input', ...field];
const shapePaths = {
  shards: at('shards'),
  replicas: at('replicasPerShard'),
  automaticFailover: at('automaticFailover'),
  multiAz: at('multiAz'),
} as const;

/**
 * The cluster of an input, with this API's defaults. ElastiCache checks engine version and node type, because it offers new ones
 * that this API does not know.
 * @throws ExpectedFailure at the path of the input field that breaks a rule
 */
export function newCluster(input: CreateClusterInput): NewCluster {
  const { clusterMode, replicasPerShard } = input;
  const name = replicationGroupId(input.name, at('name'));
  if (clusterMode === 'COMPATIBLE') {
    throw invalidInput(
      'Expected DISABLED or ENABLED, got COMPATIBLE, which only modifyCluster can set.',
      at('clusterMode'),
    );
  }
  const automaticFailover = input.automaticFailover ?? (clusterMode === 'ENABLED' || replicasPerShard > 0);
  const multiAz = input.multiAz ?? false;
  checkShardCount(input.shards, at('shards'));
  const replicas = Array.from({ length: input.shards }, () => replicasPerShard);
  checkClusterShape(
    { clusterMode: clusterMode === 'ENABLED', replicas, automaticFailover, multiAz },
    (field) => shapePaths[field],
  );
  checkSnapshotRetention(input.snapshotRetentionDays, at('snapshotRetentionDays'));
  if (input.port != null) checkPort(input.port, at('port'));
  const tags = input.tags ?? [];
  checkTags(tags, at('tags'));
  return {
    name,
    description: input.description ?? name,
    engine: input.engine,
    engineVersion: input.engineVersion ?? undefined,
    nodeType: input.nodeType,
    clusterMode,
    shards: input.shards,
    replicasPerShard,
    automaticFailover,
    multiAz,
    ...newClusterAccess(input),
    atRestEncryption: input.atRestEncryption ?? undefined,
    securityGroupIds: input.securityGroupIds ?? [],
    subnetGroup: input.subnetGroup ?? undefined,
    parameterGroup: parameterGroup(input),
    snapshotRetentionDays: input.snapshotRetentionDays,
    maintenanceWindow: input.maintenanceWindow ?? undefined,
    snapshotWindow: input.snapshotWindow ?? undefined,
    notificationTopicArn: input.notificationTopicArn ?? undefined,
    autoMinorVersionUpgrade: input.autoMinorVersionUpgrade ?? undefined,
    port: input.port ?? undefined,
    snapshot: input.snapshot ?? undefined,
    tags,
  };
}

/** TLS is required by default if user groups or an AUTH token are given, because passwords would be sent in clear text. */
function newClusterAccess(
  input: CreateClusterInput,
): Pick<NewCluster, 'transitEncryption' | 'userGroupIds' | 'authToken'> {
  const userGroupIds = (input.userGroupIds ?? []).map((id, index) =>
    userGroupId(id, at('userGroupIds', String(index))),
  );
  const authToken = input.authToken ?? undefined;
  const hasSecrets = userGroupIds.length > 0 || authToken !== undefined;
  const transitEncryption = input.transitEncryption ?? (hasSecrets ? 'REQUIRED' : 'DISABLED');
  const tls = transitEncryption !== 'DISABLED';
  if (authToken !== undefined) checkAuthToken(authToken, tls, at('authToken'));
  checkGroupUse(
    {
      clusterEngine: input.engine,
      tls,
      // Only ElastiCache knows the engines of the groups: they are assumed to fit.
      userGroupEngines: userGroupIds.map(() => input.engine),
      authToken: authToken !== undefined,
    },
    at(tls ? 'userGroupIds' : 'transitEncryption'),
  );
  return { transitEncryption, userGroupIds, authToken };
}

/** A sharded cluster requires a group with `.cluster.on`. Its name is known only if the version is given. */
function parameterGroup({
  parameterGroup: given,
  clusterMode,
  engine,
  engineVersion,
}: CreateClusterInput): string | undefined {
  if (given != null) return defaultParameterGroup(given)?.name ?? given;
  if (clusterMode !== 'ENABLED') return undefined;
  const known = engineVersions.find((one) => one.engine === engine && one.version === engineVersion);
  return known && defaultParameterGroupName(known.parameterGroupFamily, true);
}
