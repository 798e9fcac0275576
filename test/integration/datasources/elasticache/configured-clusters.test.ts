import { expect, test } from 'vitest';
import { createClusterDirectory } from '../../../../src/datasources/elasticache/watch/cluster-directory.js';
import { withConfiguredClusters } from '../../../../src/datasources/elasticache/resources/clusters/configured-clusters.js';
import { createValkeyConnections } from '../../../../src/datasources/valkey/connections/connections.js';
import { createControlPlaneApi } from '../../../helpers/apis/control-plane-api.js';
import { startValkey } from '../../../helpers/valkey/valkey.js';
import { testLog } from '../../../helpers/run/test-log.js';

test('a configured Valkey server is a cluster that can be read but not managed', async () => {
  await using valkey = await startValkey();
  const endpoint = { host: valkey.host, port: valkey.port };
  const controlPlane = withConfiguredClusters(null, [{ name: 'own', endpoint, clusterMode: 'DISABLED', tls: false }]);
  const directory = createClusterDirectory({ controlPlane });
  await using connections = createValkeyConnections({ directory, log: testLog() });
  await using api = createControlPlaneApi(controlPlane, connections);

  const { data, errors } = await api.run(`{ clusters { nodes {
    name source status arn tags { key } userGroups { arn } shards { name } primaryEndpoint { port }
    nodes { id name role info { version role replicationLagBytes } }
  } } }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    clusters: {
      nodes: [
        {
          name: 'own',
          source: 'CONFIGURATION',
          status: 'AVAILABLE',
          arn: null,
          tags: null,
          userGroups: [],
          shards: null,
          primaryEndpoint: { port: valkey.port },
          nodes: [
            {
              id: expect.any(String) as string,
              name: `${valkey.host}:${valkey.port}`,
              role: 'PRIMARY',
              info: { version: expect.stringMatching(/^\d+\./) as string, role: 'PRIMARY', replicationLagBytes: null },
            },
          ],
        },
      ],
    },
  });
  const { id } = (data as { clusters: { nodes: { nodes: { id: string }[] }[] } }).clusters.nodes[0]!.nodes[0]!;
  expect((await api.run('query ($id: ID!) { node(id: $id) { ... on ClusterNode { role } } }', { id })).data).toEqual({
    node: { role: 'PRIMARY' },
  });

  const refused = await api.run(`mutation {
    deleteCluster(input: { cluster: "own" }) { userErrors { code path } }
    createUser(input: { userId: "a", userName: "a", accessString: "on ~* +@all", authentication: { type: NO_PASSWORD } }) {
      userErrors { code }
    }
  }`);
  expect(refused.data).toEqual({
    deleteCluster: { userErrors: [{ code: 'NOT_SUPPORTED', path: ['input', 'cluster'] }] },
    createUser: { userErrors: [{ code: 'NOT_SUPPORTED' }] },
  });

  await valkey.kill();
  const gone = await api.run('{ cluster(name: "own") { nodes { info { version } } } }');
  expect(gone.errors).toBeUndefined();
  expect(gone.data).toEqual({ cluster: { nodes: [{ info: null }] } });
});
