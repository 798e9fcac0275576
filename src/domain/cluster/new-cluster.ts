import type { ClusterMode, Engine, TransitEncryption } from './cluster.js';
import type { Tag } from '../tags.js';

/** A cluster to create. This API has already applied its own defaults; ElastiCache decides undefined fields. */
export interface NewCluster {
  readonly name: string;
  readonly description: string;
  readonly engine: Engine;
  readonly engineVersion?: string | undefined;
  readonly nodeType: string;
  readonly clusterMode: Exclude<ClusterMode, 'COMPATIBLE'>;
  readonly shards: number;
  readonly replicasPerShard: number;
  readonly automaticFailover: boolean;
  readonly multiAz: boolean;
  readonly transitEncryption: TransitEncryption;
  readonly atRestEncryption?: boolean | undefined;
  readonly userGroupIds: readonly string[];
  /** Write-only: never logged, returned or put into an error. */
  readonly authToken?: string | undefined;
  readonly securityGroupIds: readonly string[];
  readonly subnetGroup?: string | undefined;
  readonly parameterGroup?: string | undefined;
  readonly snapshotRetentionDays: number;
  readonly maintenanceWindow?: string | undefined;
  readonly snapshotWindow?: string | undefined;
  readonly notificationTopicArn?: string | undefined;
  readonly autoMinorVersionUpgrade?: boolean | undefined;
  readonly port?: number | undefined;
  /** The snapshot with whose data it starts. */
  readonly snapshot?: string | undefined;
  readonly tags: readonly Tag[];
}

/** Changes of a cluster; undefined fields stay unchanged. */
export interface ClusterModification {
  readonly cluster: string;
  /** See `Cluster`. */
  readonly isCacheCluster?: boolean | undefined;
  readonly description?: string | undefined;
  readonly engine?: Engine | undefined;
  readonly engineVersion?: string | undefined;
  readonly nodeType?: string | undefined;
  readonly clusterMode?: ClusterMode | undefined;
  readonly transitEncryption?: TransitEncryption | undefined;
  readonly parameterGroup?: string | undefined;
  readonly addUserGroupIds: readonly string[];
  readonly removeUserGroupIds: readonly string[];
  readonly automaticFailover?: boolean | undefined;
  readonly multiAz?: boolean | undefined;
  readonly snapshotRetentionDays?: number | undefined;
  /** Replace the current ones; empty if they stay unchanged. */
  readonly securityGroupIds: readonly string[];
  readonly maintenanceWindow?: string | undefined;
  readonly snapshotWindow?: string | undefined;
  /** Empty text ends the notifications. */
  readonly notificationTopicArn?: string | undefined;
  readonly autoMinorVersionUpgrade?: boolean | undefined;
  readonly applyImmediately: boolean;
}

export type AuthTokenStrategy = 'SET' | 'ROTATE' | 'DELETE';

/** A change of the AUTH token of a cluster. */
export interface AuthTokenChange {
  readonly cluster: string;
  readonly strategy: AuthTokenStrategy;
  /** Write-only: never logged, returned or put into an error. Undefined for DELETE. */
  readonly token?: string | undefined;
  /** The user groups that replace a deleted token. */
  readonly addUserGroupIds: readonly string[];
}

/** A new number of replicas of some shards. */
export interface ReplicaCountChange {
  readonly cluster: string;
  readonly direction: 'INCREASE' | 'DECREASE';
  /** The shards that change. */
  readonly shards: readonly string[];
  readonly replicasPerShard: number;
}

/** A new number of shards. */
export interface ShardCountChange {
  readonly cluster: string;
  readonly shards: number;
  /** The shards to remove, if the number decreases. */
  readonly remove: readonly string[];
}
