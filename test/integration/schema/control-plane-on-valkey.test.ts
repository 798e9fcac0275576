import type { ExecutionResult } from 'graphql';
import { expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { startLocalApi } from '../../helpers/apis/local-api.js';

const userErrors = 'userErrors { code message path cause }';

async function nextThat(
  changes: AsyncIterableIterator<ExecutionResult>,
  matches: (change: { reason: string; cluster: { status: string } }) => boolean,
): Promise<void> {
  for (;;) {
    const { value, done } = await changes.next();
    if (done) throw new Error('The subscription ended early.');
    const { data, errors } = value;
    if (errors) throw errors[0]!;
    if (matches(data?.['clusterChanges'] as { reason: string; cluster: { status: string } })) return;
  }
}
const isAvailable = ({ cluster }: { cluster: { status: string } }): boolean => cluster.status === 'AVAILABLE';

test('a cluster without cluster mode is created, connected and deleted', async () => {
  await using api = await startLocalApi();
  const changes = await api.subscribe(
    'subscription { clusterChanges(cluster: "orders") { reason cluster { status } } }',
  );
  const { data } = await api.run(`mutation {
    createCluster(input: { name: "orders", engineVersion: "7.2", replicasPerShard: 1, tags: [{ key: "team", value: "blue" }] }) {
      created cluster { status } ${userErrors}
    }
  }`);
  expect(data).toMatchObject({ createCluster: { created: true, userErrors: [] } });
  await nextThat(changes, isAvailable);

  const query = `{ cluster(name: "orders") {
    engine engineVersion nodeType clusterMode automaticFailover transitEncryption parameterGroup subnetGroup
    primaryEndpoint { port } tags { key value } dataAccess { state }
    shards { name primary { name role info { version role } } replicas { name role info { role replicationLagBytes } } }
    nodes { status endpoint { host } }
  } }`;
  const described = await api.run(query);
  expect(described.errors).toBeUndefined();
  expect(described.data?.['cluster']).toMatchObject({
    engine: 'VALKEY',
    engineVersion: expect.stringMatching(/^7\.2/) as string,
    nodeType: 'cache.t3.small',
    clusterMode: 'DISABLED',
    automaticFailover: 'ENABLED',
    transitEncryption: 'DISABLED',
    parameterGroup: 'default.valkey7',
    primaryEndpoint: { port: expect.any(Number) as number },
    tags: [{ key: 'team', value: 'blue' }],
    shards: [
      {
        name: '0001',
        primary: { name: 'orders-001', role: 'PRIMARY', info: { role: 'PRIMARY' } },
        replicas: [
          {
            name: 'orders-002',
            role: 'REPLICA',
            info: { role: 'REPLICA', replicationLagBytes: expect.any(Number) as number },
          },
        ],
      },
    ],
    nodes: [
      { status: 'AVAILABLE', endpoint: { host: '127.0.0.1' } },
      { status: 'AVAILABLE', endpoint: { host: '127.0.0.1' } },
    ],
  });

  const failover = await api.run(
    `mutation { testFailover(input: { cluster: "orders", shard: "0001" }) { cluster { name } ${userErrors} } }`,
  );
  expect(failover.data).toMatchObject({ testFailover: { cluster: { name: 'orders' }, userErrors: [] } });
  await eventually(async () => {
    const after = await api.run('{ cluster(name: "orders") { status shards { primary { name } } } }');
    expect(after.data?.['cluster']).toEqual({ status: 'AVAILABLE', shards: [{ primary: { name: 'orders-002' } }] });
  });

  const deletion = await api.run(
    `mutation { deleteCluster(input: { cluster: "orders" }) { cluster { status } ${userErrors} } }`,
  );
  expect(deletion.data).toMatchObject({ deleteCluster: { cluster: { status: 'DELETING' }, userErrors: [] } });
  await nextThat(changes, ({ reason }) => reason === 'DELETED');
  await changes.return?.();
});

test('a sharded cluster with TLS accepts only the users of its group', async () => {
  await using api = await startLocalApi();
  const password = 'canary-password-of-alice';
  const made = await api.run(`mutation {
    createUser(input: { userId: "alice", userName: "alice", accessString: "on ~* +@all",
      authentication: { type: PASSWORD, passwords: ["${password}"] } }) { created ${userErrors} }
    createUserGroup(input: { userGroupId: "staff", userIds: ["alice"] }) { created userGroup { users { userId } } ${userErrors} }
    createCluster(input: { name: "carts", clusterMode: ENABLED, shards: 2, userGroupIds: ["staff"],
      parameterGroup: "default.valkey7.2.cluster.on", engineVersion: "7.2" }) { created ${userErrors} }
    again: createCluster(input: { name: "carts", ifNotExists: true }) { created cluster { name } ${userErrors} }
  }`);
  expect(made.errors).toBeUndefined();
  expect(made.data).toMatchObject({
    createUser: { created: true, userErrors: [] },
    createUserGroup: { created: true, userGroup: { users: [{ userId: 'alice' }] }, userErrors: [] },
    createCluster: { created: true, userErrors: [] },
    again: { created: false, cluster: { name: 'carts' }, userErrors: [] },
  });
  const changes = await api.subscribe(
    'subscription { clusterChanges { reason cluster { status userGroups { userGroupId } } } }',
  );
  await nextThat(changes, isAvailable);
  await changes.return?.();

  const connect = (secret: string) =>
    `mutation { connectCluster(input: { cluster: "carts", username: "alice", password: "${secret}" }) {
      cluster { dataAccess { state username tls } shards { slots primary { role } replicas { role } } } ${userErrors} } }`;
  const refused = await api.run(connect('canary-not-the-password'));
  expect(refused.data).toMatchObject({
    connectCluster: { cluster: null, userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'password'] }] },
  });
  const opened = await api.run(connect(password));
  expect(opened.errors).toBeUndefined();
  expect(opened.data).toMatchObject({
    connectCluster: {
      userErrors: [],
      cluster: {
        dataAccess: { state: 'CONNECTED', username: 'alice', tls: true },
        shards: [
          { slots: '0-8191', primary: { role: 'PRIMARY' }, replicas: [{ role: 'REPLICA' }] },
          { slots: '8192-16383', primary: { role: 'PRIMARY' }, replicas: [{ role: 'REPLICA' }] },
        ],
      },
    },
  });
  expect(JSON.stringify([made, refused, opened])).not.toContain(password);
});

test('refusals of ElastiCache are user errors at their input field', async () => {
  await using api = await startLocalApi();
  const user = (id: string, more = '') =>
    `createUser(input: { userId: "${id}", userName: "${id}", accessString: "on ~* +@all",
      authentication: { type: NO_PASSWORD } ${more} }) { ${userErrors} }`;
  const { data, errors } = await api.run(`mutation {
    alice: ${user('alice', 'engine: REDIS')}
    twice: ${user('alice', 'engine: REDIS')}
    version: createCluster(input: { name: "a", engineVersion: "6.0" }) { ${userErrors} }
    nodeType: createCluster(input: { name: "a", nodeType: "cache.huge" }) { ${userErrors} }
    subnets: createCluster(input: { name: "a", subnetGroup: "none" }) { ${userErrors} }
    parameters: createCluster(input: { name: "a", parameterGroup: "none" }) { ${userErrors} }
    noGroup: createCluster(input: { name: "a", userGroupIds: ["none"] }) { ${userErrors} }
    noUser: createUserGroup(input: { userGroupId: "g", userIds: ["none"] }) { ${userErrors} }
    noDefault: createUserGroup(input: { userGroupId: "g", userIds: ["alice"], engine: REDIS }) { ${userErrors} }
    delete: deleteUser(input: { userId: "none" }) { ${userErrors} }
    modify: modifyUserGroup(input: { userGroupId: "none", addUserIds: ["alice"] }) { ${userErrors} }
  }`);
  expect(errors).toBeUndefined();
  const outcomes = Object.fromEntries(
    Object.entries(data ?? {}).map(([field, payload]) => {
      const [first] = (payload as { userErrors: { code: string; path: string[] | null }[] }).userErrors;
      return [field, first && `${first.code} ${first.path?.join('.') ?? ''}`];
    }),
  );
  expect(outcomes).toEqual({
    alice: undefined,
    twice: 'ALREADY_EXISTS input.userId',
    version: 'INVALID_INPUT input.engineVersion',
    nodeType: 'INVALID_INPUT input.nodeType',
    subnets: 'NOT_FOUND input.subnetGroup',
    parameters: 'NOT_FOUND input.parameterGroup',
    noGroup: 'NOT_FOUND input.userGroupIds.0',
    noUser: 'NOT_FOUND input.userIds.0',
    noDefault: 'DEFAULT_USER_REQUIRED input.userIds',
    delete: 'NOT_FOUND input.userId',
    modify: 'NOT_FOUND input.userGroupId',
  });
  expect((await api.run('{ clusters { nodes { name } } userGroups { nodes { userGroupId } } }')).data).toEqual({
    clusters: { nodes: [] },
    userGroups: { nodes: [] },
  });
});

test('users, groups and clusters are changed', async () => {
  await using api = await startLocalApi();
  const user = (id: string) =>
    `createUser(input: { userId: "${id}", userName: "${id}", accessString: "on ~app:* -@all +get",
      authentication: { type: PASSWORD, passwords: ["canary-first-password-of-it"] } }) { ${userErrors} }`;
  const { data, errors } = await api.run(`mutation {
    alice: ${user('alice')}
    bob: ${user('bob')}
    staff: createUserGroup(input: { userGroupId: "staff", userIds: ["alice"] }) { ${userErrors} }
    passwords: modifyUser(input: { userId: "alice", authentication: { type: PASSWORD,
      passwords: ["canary-first-password-of-it", "canary-second-password-of-it"] } }) { user { authentication { passwordCount } } ${userErrors} }
    rules: modifyUser(input: { userId: "alice", appendAccessString: "+set" }) { user { accessString } ${userErrors} }
    members: modifyUserGroup(input: { userGroupId: "staff", addUserIds: ["bob"], removeUserIds: ["alice"] }) { ${userErrors} }
    cluster: createCluster(input: { name: "orders", replicasPerShard: 0, transitEncryption: REQUIRED }) { ${userErrors} }
  }`);
  expect(errors).toBeUndefined();
  for (const payload of Object.values(data ?? {})) expect(payload).toMatchObject({ userErrors: [] });
  expect(data).toMatchObject({
    passwords: { user: { authentication: { passwordCount: 2 } } },
    rules: { user: { accessString: 'on ~app:* -@all +get +set' } },
  });
  await eventually(async () => {
    const group = await api.run(
      '{ userGroup(userGroupId: "staff") { status users { userId } } cluster(name: "orders") { status } }',
    );
    expect(group.data).toEqual({
      userGroup: { status: 'ACTIVE', users: [{ userId: 'bob' }] },
      cluster: { status: 'AVAILABLE' },
    });
  });

  const modified = await api.run(`mutation {
    modifyCluster(input: { cluster: "orders", description: "Orders of today", snapshotRetentionDays: 3, addUserGroupIds: ["staff"] }) {
      cluster { description } ${userErrors}
    }
  }`);
  expect(modified.data).toMatchObject({ modifyCluster: { userErrors: [] } });
  await eventually(async () => {
    const { data: after } = await api.run(
      '{ cluster(name: "orders") { status description snapshotRetentionDays userGroups { userGroupId clusters { name } } } }',
    );
    expect(after?.['cluster']).toEqual({
      status: 'AVAILABLE',
      description: 'Orders of today',
      snapshotRetentionDays: 3,
      userGroups: [{ userGroupId: 'staff', clusters: [{ name: 'orders' }] }],
    });
  });

  const removed = await api.run(`mutation {
    cluster: deleteCluster(input: { cluster: "orders" }) { ${userErrors} }
    bob: deleteUser(input: { userId: "bob" }) { user { status } ${userErrors} }
    again: deleteUser(input: { userId: "bob" }) { ${userErrors} }
  }`);
  expect(removed.data).toMatchObject({
    cluster: { userErrors: [] },
    bob: { user: { status: 'DELETING' }, userErrors: [] },
  });
});
