import type { Cluster, Endpoint } from './cluster.js';

/** A Valkey deployment that the configuration names. The API cannot create, change or delete it. */
export interface ConfiguredCluster {
  readonly name: string;
  readonly description?: string | undefined;
  /** Any node in cluster mode; the primary otherwise. */
  readonly endpoint: Endpoint;
  readonly readerEndpoint?: Endpoint | undefined;
  /** Undefined until its nodes have reported it. */
  readonly clusterMode: 'DISABLED' | 'ENABLED' | undefined;
  readonly tls: boolean;
  /** 0 if undefined. */
  readonly database?: number | undefined;
}

/**
 * Converts it to a cluster. Facts that only ElastiCache knows are null. The status is always AVAILABLE; `dataAccess`
 * shows the real state.
 */
export function clusterOfConfiguration(configured: ConfiguredCluster): Cluster {
  const sharded = configured.clusterMode === 'ENABLED';
  return {
    name: configured.name,
    source: 'CONFIGURATION',
    isCacheCluster: false,
    description: configured.description ?? null,
    arn: null,
    status: 'AVAILABLE',
    engine: null,
    engineVersion: null,
    nodeType: null,
    clusterMode: configured.clusterMode ?? null,
    shards: null,
    primaryEndpoint: sharded ? null : configured.endpoint,
    readerEndpoint: configured.readerEndpoint ?? null,
    configurationEndpoint: sharded ? configured.endpoint : null,
    database: configured.database ?? 0,
    automaticFailover: null,
    multiAz: null,
    transitEncryption: configured.tls ? 'REQUIRED' : 'DISABLED',
    atRestEncryption: null,
    snapshotRetentionDays: null,
    maintenanceWindow: null,
    snapshotWindow: null,
    autoMinorVersionUpgrade: null,
    notificationTopicArn: null,
    parameterGroup: null,
    subnetGroup: null,
    securityGroupIds: null,
    userGroupIds: [],
    pendingChanges: null,
    authTokenEnabled: false,
    createdAt: null,
  };
}
