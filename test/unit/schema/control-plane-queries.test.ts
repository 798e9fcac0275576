import { expect, test } from 'vitest';
import type { ValkeyNode } from '../../../src/datasources/valkey/interfaces.js';
import type { ClusterNode } from '../../../src/domain/cluster/cluster.js';
import { Outage } from '../../../src/domain/errors.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { aCluster, aUser, aUserGroup, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

test('clusters, users and user groups lead to each other with one describe of each kind', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [aCluster('a', { userGroupIds: ['staff'] }), aCluster('b')],
    users: [aUser('alice', { userGroupIds: ['staff'] }), aUser('bob')],
    userGroups: [aUserGroup('staff', { userIds: ['alice'], clusterNames: ['a'] })],
  });
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run(`{
    clusters { nodes { name userGroups { userGroupId users { userId userGroups { clusters { name } } } } } }
    users(first: 1) { nodes { userId authentication { type passwordCount } } pageInfo { hasNextPage } }
    cluster(name: "A") { name status dataAccess { state } }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    clusters: {
      nodes: [
        {
          name: 'a',
          userGroups: [
            { userGroupId: 'staff', users: [{ userId: 'alice', userGroups: [{ clusters: [{ name: 'a' }] }] }] },
          ],
        },
        { name: 'b', userGroups: [] },
      ],
    },
    users: {
      nodes: [{ userId: 'alice', authentication: { type: 'PASSWORD', passwordCount: 1 } }],
      pageInfo: { hasNextPage: true },
    },
    cluster: { name: 'a', dataAccess: { state: 'DISCONNECTED' } },
  });
  expect(controlPlane.calls.toSorted()).toEqual(['clusters', 'userGroups', 'users']);
});

test('a resource that does not exist is null', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane());
  const { data } = await api.run(
    '{ cluster(name: "x") { name } user(userId: "x") { userId } userGroup(userGroupId: "x") { arn } }',
  );
  expect(data).toEqual({ cluster: null, user: null, userGroup: null });
});

const node = (name: string, port: number): ClusterNode => ({
  clusterName: 'a',
  name,
  role: null,
  endpoint: { host: '127.0.0.1', port },
  status: 'AVAILABLE',
  needsReboot: null,
  availabilityZone: null,
});
const shard = {
  clusterName: 'a',
  name: '0001',
  status: 'AVAILABLE',
  slots: '0-16383',
  primary: null,
  replicas: [node('a-0001-001', 1), node('a-0001-002', 2)],
} as const;
const sharded = aCluster('a', { clusterMode: 'ENABLED', shards: [shard] });

function valkeyNode(port: number, isPrimary: boolean, offset: number): ValkeyNode {
  const role = isPrimary ? `role:master\nmaster_repl_offset:${offset}` : `role:slave\nslave_repl_offset:${offset}`;
  return {
    endpoint: { host: '127.0.0.1', port },
    firstSlot: 0,
    slots: [[0, 16_383]],
    isPrimary,
    send: () => Promise.resolve(Buffer.from(`valkey_version:8.0.1\n${role}`)),
    connection: () => Promise.resolve({ send: () => Promise.resolve(null) }),
  };
}

const shardFields = `name primary { name role } replicas { name role info { role version replicationLagBytes } }`;

test('the nodes report the roles that ElastiCache does not, and the lag of a replica', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [sharded] }));
  api.connections.reachable.set('a', { nodes: () => [valkeyNode(1, false, 60), valkeyNode(2, true, 100)] });
  const { data, errors } = await api.run(`{ cluster(name: "a") { shards { ${shardFields} } nodes { name role } } }`);
  expect(errors).toBeUndefined();
  expect(data?.['cluster']).toEqual({
    shards: [
      {
        name: '0001',
        primary: { name: 'a-0001-002', role: 'PRIMARY' },
        replicas: [
          { name: 'a-0001-001', role: 'REPLICA', info: { role: 'REPLICA', version: '8.0.1', replicationLagBytes: 40 } },
        ],
      },
    ],
    nodes: [
      { name: 'a-0001-001', role: 'REPLICA' },
      { name: 'a-0001-002', role: 'PRIMARY' },
    ],
  });
});

test('a node that the others do not report yet is a replica if they have a primary', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [sharded] }));
  api.connections.reachable.set('a', { nodes: () => [valkeyNode(2, true, 100)] });
  const { data } = await api.run('{ cluster(name: "a") { nodes { name role info { version } } } }');
  expect(data?.['cluster']).toEqual({
    nodes: [
      { name: 'a-0001-001', role: 'REPLICA', info: null },
      { name: 'a-0001-002', role: 'PRIMARY', info: { version: '8.0.1' } },
    ],
  });
});

test('roles and info alone are null if the nodes do not answer', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [sharded] }));
  const { data, errors } = await api.run(`{ cluster(name: "a") { shards { ${shardFields} } } }`);
  expect(errors).toBeUndefined();
  expect(data?.['cluster']).toEqual({
    shards: [
      {
        name: '0001',
        primary: null,
        replicas: [
          { name: 'a-0001-001', role: null, info: null },
          { name: 'a-0001-002', role: null, info: null },
        ],
      },
    ],
  });
});

test('node and nodes find every Node by its ID', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [sharded],
    users: [aUser('alice')],
    userGroups: [aUserGroup('staff')],
  });
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(`{
    cluster(name: "a") { id dataAccess { id } shards { id replicas { id } } }
    user(userId: "alice") { id }
    userGroup(userGroupId: "staff") { id }
  }`);
  const ids = [...JSON.stringify(data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id!);
  expect(ids).toHaveLength(7);
  const found = await api.run('query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', { ids });
  expect(found.errors).toBeUndefined();
  expect(found.data?.['nodes']).toEqual(
    ['Cluster', 'DataAccess', 'Shard', 'ClusterNode', 'ClusterNode', 'User', 'UserGroup'].map((typename, index) => ({
      id: ids[index],
      __typename: typename,
    })),
  );
});

test.each([
  ['nonsense', 'Expected an `id` that this API returned, got another text.'],
  [
    Buffer.from('Endpoint:x').toString('base64'),
    'Expected the `id` of a type that implements Node, got one of another type.',
  ],
  [
    Buffer.from('Nothing:x').toString('base64'),
    'Expected the `id` of a type that implements Node, got one of another type.',
  ],
])('the ID %s is refused', async (id, message) => {
  await using api = createControlPlaneApi(createFakeControlPlane());
  const { data, errors } = await api.run('query ($id: ID!) { node(id: $id) { id } }', { id });
  expect(data).toEqual({ node: null });
  expect(errors?.map((error) => error.message)).toEqual([message]);
});

test('each invalid ID of several is null with an error at its path', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ users: [aUser('alice')] }));
  const text = (id: string) => Buffer.from(id).toString('base64');
  const ids = ['nonsense', text('User:alice'), text('Endpoint:x'), text('User:gone'), '', text('User:alice')];
  const { data, errors } = await api.run('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  const alice = { id: text('User:alice') };
  expect(data).toEqual({ nodes: [null, alice, null, null, null, alice] });
  expect(errors?.map(({ path, originalError }) => ({ path, originalError }))).toMatchObject(
    [0, 2, 4].map((index) => ({
      path: ['nodes', index],
      originalError: { code: 'INVALID_INPUT', inputPath: ['ids', String(index)] },
    })),
  );
});

test('several fields of one request can find the same object', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ users: [aUser('alice')] }));
  const id = Buffer.from('User:alice').toString('base64');
  const document =
    'query ($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } c: nodes(ids: [$id, $id]) { id } }';
  const { data, errors } = await api.run(document, { id });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ a: { id }, b: { id }, c: [{ id }, { id }] });
});

test('the ID of an object that no longer exists is null', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane());
  const ids = ['Cluster:gone', 'DataAccess:gone', 'Shard:gone/0001', 'ClusterNode:gone/gone-001', 'User:gone'].map(
    (id) => Buffer.from(id).toString('base64'),
  );
  const { data, errors } = await api.run('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ nodes: [null, null, null, null, null] });
});

test('an outage of ElastiCache fails only the fields that need it', async () => {
  const controlPlane = createFakeControlPlane();
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'Nobody answers.');
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run('{ clusters { nodes { name } } users { nodes { userId } } __typename }');
  expect(data).toEqual({ clusters: null, users: null, __typename: 'Query' });
  expect(errors).toHaveLength(2);
  expect(errors?.[0]?.originalError).toBe(controlPlane.failure);
});

test('every request reads from ElastiCache whether a cluster exists', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  await using api = createControlPlaneApi(controlPlane);
  const query =
    'query { cluster(name: "a") { ...Short } } fragment Short on Cluster { name ... { dataAccess { state } } }';
  expect((await api.run(query)).data).toEqual({ cluster: { name: 'a', dataAccess: { state: 'DISCONNECTED' } } });
  controlPlane.state.clusters = [];
  expect((await api.run(query)).data).toEqual({ cluster: null });
});
