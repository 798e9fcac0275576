import type { Cluster, ClusterNode, Endpoint } from '../../../src/domain/cluster/cluster.js';
import type { NodeState, RunningGroup } from '../../../src/local-elasticache/nodes/interfaces.js';
import type { TestCluster } from './valkey.js';

const blank: Cluster = {
  name: 'orders',
  source: 'ELASTICACHE',
  isCacheCluster: false,
  description: null,
  arn: null,
  status: 'AVAILABLE',
  engine: 'VALKEY',
  engineVersion: null,
  nodeType: null,
  clusterMode: 'DISABLED',
  shards: null,
  primaryEndpoint: null,
  readerEndpoint: null,
  configurationEndpoint: null,
  database: 0,
  automaticFailover: null,
  multiAz: null,
  transitEncryption: 'DISABLED',
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
  authTokenEnabled: false,
  pendingChanges: null,
  createdAt: null,
};

/** A test server as the control plane would describe it, without cluster mode. */
export function describeServer(primary: Endpoint, replicas: readonly Endpoint[] = []): Cluster {
  return {
    ...blank,
    primaryEndpoint: endpointOf(primary),
    shards: [
      {
        clusterName: blank.name,
        name: '0001',
        status: 'AVAILABLE',
        slots: null,
        primary: node(primary, 1),
        replicas: replicas.map((replica, index) => node(replica, index + 2)),
      },
    ],
  };
}

/** Test servers in cluster mode, of which the control plane names one. */
export function describeCluster(cluster: TestCluster): Cluster {
  return { ...blank, clusterMode: 'ENABLED', configurationEndpoint: endpointOf(cluster.primaries[0]!) };
}

/** A running group with TLS, as the control plane would describe it. */
export function describeGroup(group: RunningGroup, clusterMode: boolean): Cluster {
  const [shard] = group.topology().shards;
  const primary = endpointOf(shard!.nodes.find(({ role }) => role === 'primary')!);
  const endpoints = clusterMode ? { configurationEndpoint: primary } : { primaryEndpoint: primary };
  return { ...blank, ...endpoints, clusterMode: clusterMode ? 'ENABLED' : 'DISABLED', transitEncryption: 'REQUIRED' };
}

function endpointOf({ host, port }: Endpoint | NodeState): Endpoint {
  return { host, port };
}

function node(server: Endpoint, index: number): ClusterNode {
  return {
    clusterName: blank.name,
    name: `${blank.name}-00${index}`,
    role: index === 1 ? 'PRIMARY' : 'REPLICA',
    endpoint: endpointOf(server),
    status: 'AVAILABLE',
    needsReboot: null,
    availabilityZone: null,
  };
}
