/** ElastiCache's replication groups and cache clusters, and configured Valkey deployments, in the terms of the API. */

export type Engine = 'VALKEY' | 'REDIS';
export type ClusterMode = 'DISABLED' | 'ENABLED' | 'COMPATIBLE';
type ClusterSource = 'ELASTICACHE' | 'CONFIGURATION';
export type ClusterStatus =
  'CREATING' | 'AVAILABLE' | 'MODIFYING' | 'REBOOTING' | 'DELETING' | 'SNAPSHOTTING' | 'CREATE_FAILED' | 'UNKNOWN';
export type ShardStatus = 'CREATING' | 'AVAILABLE' | 'MODIFYING' | 'DELETING' | 'UNKNOWN';
export type NodeStatus = 'CREATING' | 'AVAILABLE' | 'MODIFYING' | 'REBOOTING' | 'DELETING' | 'UNREACHABLE' | 'UNKNOWN';
export type NodeRole = 'PRIMARY' | 'REPLICA';
export type TransitEncryption = 'DISABLED' | 'PREFERRED' | 'REQUIRED';
export type AutomaticFailover = 'ENABLED' | 'DISABLED' | 'ENABLING' | 'DISABLING';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface ClusterNode {
  readonly clusterName: string;
  /** Cache cluster ID, e.g. `orders-0001-002`. */
  readonly name: string;
  readonly role: NodeRole | null;
  readonly endpoint: Endpoint | null;
  readonly status: NodeStatus | null;
  /** Whether a parameter waits until the node is rebooted. */
  readonly needsReboot: boolean | null;
  readonly availabilityZone: string | null;
}

export interface Shard {
  readonly clusterName: string;
  /** Node group ID, e.g. `0001`. */
  readonly name: string;
  readonly status: ShardStatus | null;
  /** Hash slots, e.g. `0-8191`; null without cluster mode. */
  readonly slots: string | null;
  readonly primary: ClusterNode | null;
  readonly replicas: readonly ClusterNode[];
}

export type AuthTokenStatus = 'SETTING' | 'ROTATING';

/** Changes that are in progress, or wait for the maintenance window. A property is null if it does not change. */
export interface PendingClusterChanges {
  readonly nodeType: string | null;
  readonly engineVersion: string | null;
  /** Cache cluster ID of the node that becomes the primary. */
  readonly primaryNode: string | null;
  readonly automaticFailover: AutomaticFailover | null;
  readonly clusterMode: ClusterMode | null;
  readonly transitEncryption: TransitEncryption | null;
  readonly authTokenStatus: AuthTokenStatus | null;
  /** Progress of moving slots between shards, 0 to 100. */
  readonly reshardingPercent: number | null;
  readonly addUserGroupIds: readonly string[] | null;
  readonly removeUserGroupIds: readonly string[] | null;
}

export interface Cluster {
  /** The ID of the replication group or the cache cluster, lowercase. */
  readonly name: string;
  readonly source: ClusterSource;
  /** Whether it is a cache cluster of one node that belongs to no replication group, which ElastiCache manages by other actions. */
  readonly isCacheCluster: boolean;
  readonly description: string | null;
  readonly arn: string | null;
  readonly status: ClusterStatus;
  readonly engine: Engine | null;
  readonly engineVersion: string | null;
  readonly nodeType: string | null;
  readonly clusterMode: ClusterMode | null;
  readonly shards: readonly Shard[] | null;
  readonly primaryEndpoint: Endpoint | null;
  readonly readerEndpoint: Endpoint | null;
  readonly configurationEndpoint: Endpoint | null;
  /** The number of the database (SELECT) in which this API reads and writes keys. The configuration decides it. */
  readonly database: number;
  readonly automaticFailover: AutomaticFailover | null;
  readonly multiAz: boolean | null;
  readonly transitEncryption: TransitEncryption | null;
  readonly atRestEncryption: boolean | null;
  readonly snapshotRetentionDays: number | null;
  /** `ddd:hh24:mi-ddd:hh24:mi` in UTC. */
  readonly maintenanceWindow: string | null;
  /** `hh24:mi-hh24:mi` in UTC. */
  readonly snapshotWindow: string | null;
  readonly autoMinorVersionUpgrade: boolean | null;
  readonly notificationTopicArn: string | null;
  readonly parameterGroup: string | null;
  readonly subnetGroup: string | null;
  readonly securityGroupIds: readonly string[] | null;
  readonly userGroupIds: readonly string[];
  /** Null if nothing is pending. */
  readonly pendingChanges: PendingClusterChanges | null;
  /** Whether an AUTH token is set. */
  readonly authTokenEnabled: boolean;
  readonly createdAt: Date | null;
}
