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
  readonly port?: number | undefined;
  readonly tags: readonly Tag[];
}

/** Changes of a cluster; undefined fields stay unchanged. */
export interface ClusterModification {
  readonly cluster: string;
  readonly description?: string | undefined;
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
  readonly applyImmediately: boolean;
}
