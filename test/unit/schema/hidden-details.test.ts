import { expect, test } from 'vitest';
import { createAccess } from '../../../src/domain/access/access.js';
import type { Cluster, ClusterNode } from '../../../src/domain/cluster/cluster.js';
import { principal } from '../../helpers/access/principals.js';
import { createControlPlaneApi, createFakeConnections } from '../../helpers/apis/control-plane-api.js';
import { aCluster, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

const aNode = (name: string, differing: Partial<ClusterNode> = {}): ClusterNode => ({
  clusterName: 'pa',
  name,
  role: 'PRIMARY',
  endpoint: null,
  status: 'AVAILABLE',
  needsReboot: false,
  availabilityZone: null,
  ...differing,
});

const primary = aNode('pa-001');
const replica = aNode('pa-002', { role: 'REPLICA', status: 'MODIFYING' });
const pa: Partial<Cluster> = {
  clusterMode: 'DISABLED',
  automaticFailover: 'DISABLED',
  shards: [{ clusterName: 'pa', name: '0001', status: 'AVAILABLE', slots: null, primary, replicas: [replica] }],
};

function refusal(mutation: string, cluster: Partial<Cluster>, operations: readonly string[]) {
  const access = createAccess([{ operations, clusters: ['pa'], keys: [], channels: [], groups: [] }]);
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('pa', { ...pa, ...cluster })] });
  return createControlPlaneApi(controlPlane, createFakeConnections(), principal('admin', access)).run(
    `mutation { ${mutation} { userErrors { code message } } }`,
  );
}

test.each<[mutation: string, cluster: Partial<Cluster>, code: string, hidden: string, shown: string]>([
  [
    'rebootNodes(input: { cluster: "pa", nodes: ["x"] })',
    {},
    'NOT_FOUND',
    'Cluster pa has no node of this name.',
    'Expected a node of cluster pa: pa-001, pa-002.',
  ],
  [
    'rebootNodes(input: { cluster: "pa", nodes: ["pa-002"] })',
    {},
    'INVALID_STATE',
    'Node pa-002 is not AVAILABLE.',
    'Node pa-002 is MODIFYING: expected AVAILABLE.',
  ],
  [
    'rebootNodes(input: { cluster: "pa", nodes: ["x"] })',
    { clusterMode: 'ENABLED' },
    'INVALID_STATE',
    'ElastiCache reboots nodes of clusters with cluster mode disabled only.',
    'ElastiCache reboots nodes of clusters with cluster mode disabled only, and cluster pa has the mode ENABLED.',
  ],
  [
    'promoteReplica(input: { cluster: "pa", node: "x" })',
    {},
    'NOT_FOUND',
    'Cluster pa has no node of this name.',
    'Expected a node of cluster pa: pa-001, pa-002.',
  ],
  [
    'promoteReplica(input: { cluster: "pa", node: "x" })',
    { automaticFailover: 'ENABLING' },
    'INVALID_STATE',
    'A replica can be promoted when automatic failover is DISABLED.',
    'A replica can be promoted when automatic failover is DISABLED, and that of cluster pa is ENABLING.',
  ],
  [
    'testFailover(input: { cluster: "pa", shard: "0009" })',
    {},
    'NOT_FOUND',
    'Cluster pa has no shard of this name.',
    'Expected a shard of cluster pa: 0001.',
  ],
])(
  '%s of a caller without clusters:read does not reveal what it may not read',
  async (mutation, cluster, code, ...texts) => {
    const [hidden, shown] = texts;
    const of = (message: string) => ({
      data: { [mutation.split('(')[0] ?? '']: { userErrors: [{ code, message }] } },
    });
    expect(await refusal(mutation, cluster, ['clusters:admin'])).toEqual(of(hidden));
    expect(await refusal(mutation, cluster, ['clusters:*'])).toEqual(of(shown));
  },
);
