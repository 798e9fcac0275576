import { describe, expect, test } from 'vitest';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { createControlPlaneApi, createFakeConnections } from '../../helpers/apis/control-plane-api.js';
import { eventually } from '../../helpers/run/eventually.js';
import { aCluster, aUser, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

const userErrors = 'userErrors { code message path cause }';
const createCluster = (input: string) =>
  `mutation { createCluster(input: ${input}) { created cluster { name status } ${userErrors} } }`;
const createUser = (input: string) =>
  `mutation { createUser(input: ${input}) { created user { userId userName } ${userErrors} } }`;
const alice =
  'userId: "alice" userName: "alice" accessString: "on ~* +@all" authentication: { type: PASSWORD passwords: ["canary-alice-has-a-password"] }';

test('createCluster applies the defaults and returns the current state of the cluster', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(createCluster('{ name: "Orders" }'));
  expect(data).toEqual({
    createCluster: { created: true, cluster: { name: 'orders', status: 'CREATING' }, userErrors: [] },
  });
  expect(controlPlane.created).toEqual([
    {
      name: 'orders',
      description: 'orders',
      engine: 'VALKEY',
      nodeType: 'cache.t3.small',
      clusterMode: 'DISABLED',
      shards: 1,
      replicasPerShard: 1,
      automaticFailover: true,
      multiAz: false,
      transitEncryption: 'DISABLED',
      userGroupIds: [],
      securityGroupIds: [],
      snapshotRetentionDays: 0,
      tags: [],
    },
  ]);
});

test('createCluster enables TLS for user groups, and failover and a cluster parameter group for shards', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  await api.run(
    createCluster(
      '{ name: "a", clusterMode: ENABLED, shards: 2, replicasPerShard: 0, engineVersion: "7.2", userGroupIds: ["Staff"] }',
    ),
  );
  await api.run(createCluster('{ name: "b", clusterMode: ENABLED, parameterGroup: "default.valkey7.2.cluster.on" }'));
  await api.run(createCluster('{ name: "c", replicasPerShard: 0, authToken: "canary-token-of-16-letters" }'));
  expect(controlPlane.created).toMatchObject([
    {
      automaticFailover: true,
      transitEncryption: 'REQUIRED',
      userGroupIds: ['staff'],
      parameterGroup: 'default.valkey7.cluster.on',
    },
    { parameterGroup: 'default.valkey7.cluster.on' },
    { automaticFailover: false, transitEncryption: 'REQUIRED' },
  ]);
});

test.each([
  ['{ name: "1st" }', 'name'],
  ['{ name: "a", shards: 2 }', 'shards'],
  ['{ name: "a", clusterMode: ENABLED, shards: 2000000000 }', 'shards'],
  ['{ name: "a", clusterMode: COMPATIBLE }', 'clusterMode'],
  ['{ name: "a", replicasPerShard: 6 }', 'replicasPerShard'],
  ['{ name: "a", replicasPerShard: 0, automaticFailover: true }', 'automaticFailover'],
  ['{ name: "a", clusterMode: ENABLED, automaticFailover: false }', 'automaticFailover'],
  ['{ name: "a", userGroupIds: ["staff"], transitEncryption: DISABLED }', 'transitEncryption'],
  ['{ name: "a", userGroupIds: ["good", "no good"] }', 'userGroupIds.1'],
  ['{ name: "a", authToken: "short", transitEncryption: REQUIRED }', 'authToken'],
  ['{ name: "a", snapshotRetentionDays: 36 }', 'snapshotRetentionDays'],
  ['{ name: "a", port: 70000 }', 'port'],
  ['{ name: "a", tags: [{ key: "b", value: "" }, { key: "aws:x", value: "" }] }', 'tags.1.key'],
])('createCluster(input: %s) is refused at %s without a call to ElastiCache', async (input, field) => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run(createCluster(input));
  expect(errors).toBeUndefined();
  expect(data?.['createCluster']).toMatchObject({
    created: null,
    cluster: null,
    userErrors: [{ code: 'INVALID_INPUT', path: ['input', ...field.split('.')] }],
  });
  expect(controlPlane.calls).toEqual([]);
});

test.each([
  [alice.replace('"alice"', '"9"'), ['userId']],
  [alice.replace('on ~* +@all', 'on ~* +@nonsense'), ['accessString']],
  [alice.replace('on ~* +@all', 'on ~*\\n+@all'), ['accessString']],
  [alice.replace('canary-alice-has-a-password', 'short'), ['authentication', 'passwords', '0']],
  [alice.replace('PASSWORD', 'NO_PASSWORD'), ['authentication', 'passwords']],
  [alice.replace('userName: "alice"', 'userName: "two words"'), ['userName']],
])('createUser(input: { %s }) is refused without a call to ElastiCache', async (input, path) => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run(createUser(`{ ${input} }`));
  expect(errors).toBeUndefined();
  expect(data?.['createUser']).toMatchObject({
    created: null,
    user: null,
    userErrors: [{ code: 'INVALID_INPUT', path: ['input', ...path] }],
  });
  expect(JSON.stringify(data)).not.toContain('canary-alice-has-a-password');
  expect(controlPlane.calls).toEqual([]);
});

test('an existing resource is refused, and returned with ifNotExists', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [aCluster('a')],
    users: [aUser('alice', { userName: 'existing' })],
  });
  await using api = createControlPlaneApi(controlPlane);
  expect((await api.run(createUser(`{ ${alice} }`))).data).toMatchObject({
    createUser: { user: null, userErrors: [{ code: 'ALREADY_EXISTS', path: ['input', 'userId'] }] },
  });
  expect((await api.run(createUser(`{ ${alice} ifNotExists: true }`))).data).toMatchObject({
    createUser: { created: false, user: { userId: 'alice', userName: 'existing' }, userErrors: [] },
  });
  expect((await api.run(createCluster('{ name: "A", ifNotExists: true }'))).data).toMatchObject({
    createCluster: { created: false, cluster: { name: 'a', status: 'AVAILABLE' }, userErrors: [] },
  });
  expect(controlPlane.calls).not.toContain('createCluster');
});

test('with ifNotExists both of two concurrent creations succeed', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const answers = await Promise.all([
    api.run(createUser(`{ ${alice} ifNotExists: true }`)),
    api.run(createUser(`{ ${alice} ifNotExists: true }`)),
  ]);
  expect(controlPlane.calls.filter((call) => call === 'createUser')).toHaveLength(2);
  const created = answers.map(({ data }) => (data?.['createUser'] as { created: boolean }).created);
  expect(created.toSorted()).toEqual([false, true]);
  expect(JSON.stringify(answers)).not.toContain('ALREADY_EXISTS');
});

test('with ifNotExists a resource that is being deleted is refused', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { status: 'DELETING' })] });
  await using api = createControlPlaneApi(controlPlane);
  expect((await api.run(createCluster('{ name: "a", ifNotExists: true }'))).data).toMatchObject({
    createCluster: { created: null, cluster: null, userErrors: [{ code: 'INVALID_STATE', path: ['input', 'name'] }] },
  });
});

test('with ifNotExists a cluster that could not be created is refused', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { status: 'CREATE_FAILED' })] });
  await using api = createControlPlaneApi(controlPlane);
  expect((await api.run(createCluster('{ name: "a", ifNotExists: true }'))).data).toMatchObject({
    createCluster: { created: null, cluster: null, userErrors: [{ code: 'INVALID_STATE', path: ['input', 'name'] }] },
  });
  expect(controlPlane.calls).not.toContain('createCluster');
});

test.each([901, -1])(
  'createCluster(input: { waitSeconds: %s }) is refused without a call to ElastiCache',
  async (seconds) => {
    const controlPlane = createFakeControlPlane();
    await using api = createControlPlaneApi(controlPlane);
    expect((await api.run(createCluster(`{ name: "a", waitSeconds: ${seconds} }`))).data).toMatchObject({
      createCluster: { created: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'waitSeconds'] }] },
    });
    expect(controlPlane.calls).toEqual([]);
  },
);

test.each([
  ['could not be created', [aCluster('a', { status: 'CREATE_FAILED' })], { status: 'CREATE_FAILED' }],
  ['is being deleted', [aCluster('a', { status: 'DELETING' })], { status: 'DELETING' }],
] as const)(
  'the wait of createCluster ends with the state of the cluster if it %s',
  async (_how, clusters, cluster) => {
    const controlPlane = createFakeControlPlane();
    await using api = createControlPlaneApi(controlPlane);
    controlPlane.onWrite(() => (controlPlane.state.clusters = [...clusters]));
    expect((await api.run(createCluster('{ name: "a", waitSeconds: 900 }'))).data).toMatchObject({
      createCluster: { created: true, cluster, userErrors: [] },
    });
  },
);

test('the wait of createCluster ends without a cluster if the cluster is deleted', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const answer = api.run(createCluster('{ name: "a", waitSeconds: 900 }'));
  await eventually(() => expect(controlPlane.calls.filter((call) => call === 'clusters').length).toBeGreaterThan(1));
  await controlPlane.deleteCluster({ cluster: 'a' });
  expect((await answer).data).toMatchObject({ createCluster: { created: true, cluster: null, userErrors: [] } });
});

test('the reasons of all failed clusters are read in one request, and only if they are selected', async () => {
  const createdAt = new Date(Date.now() - 60_000);
  const controlPlane = createFakeControlPlane({
    clusters: [
      aCluster('well'),
      aCluster('failed', { status: 'CREATE_FAILED', createdAt }),
      aCluster('other', { status: 'CREATE_FAILED', createdAt }),
    ],
  });
  const at = new Date();
  controlPlane.events = [
    // Of a cluster of the same name that was deleted before.
    { cluster: 'other', message: 'Failed to create it: no port', at: new Date(createdAt.getTime() - 1) },
    { cluster: 'failed', message: 'Replication group failed is being created', at },
    { cluster: 'failed', message: 'Failed to create it: no room', at },
    { cluster: 'failed', message: 'Tags were added', at },
  ];
  await using api = createControlPlaneApi(controlPlane);
  await api.run('{ clusters { nodes { status } } }');
  expect(controlPlane.calls).toEqual(['clusters']);
  expect((await api.run('{ clusters { nodes { name statusReason } } }')).data).toEqual({
    clusters: {
      nodes: [
        { name: 'failed', statusReason: 'Failed to create it: no room' },
        { name: 'other', statusReason: null },
        { name: 'well', statusReason: null },
      ],
    },
  });
  expect(controlPlane.calls).toEqual(['clusters', 'clusters', 'clusterEvents failed other']);
});

test('modifyCluster waits until the cluster is AVAILABLE again', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { status: 'MODIFYING' })] });
  await using api = createControlPlaneApi(controlPlane);
  const modify = (seconds: number) =>
    api.run(
      `mutation { modifyCluster(input: { cluster: "a", description: "d", waitSeconds: ${seconds} }) { cluster { status } ${userErrors} } }`,
    );
  expect((await modify(901)).data).toMatchObject({
    modifyCluster: { userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'waitSeconds'] }] },
  });
  expect(controlPlane.modified).toEqual([]);
  expect((await modify(0.1)).data).toEqual({ modifyCluster: { cluster: { status: 'MODIFYING' }, userErrors: [] } });
  const answer = modify(900);
  await eventually(() => expect(controlPlane.modified).toHaveLength(2));
  controlPlane.state.clusters = [aCluster('a')];
  expect((await answer).data).toEqual({ modifyCluster: { cluster: { status: 'AVAILABLE' }, userErrors: [] } });
});

test('waitSeconds alone is no change of a cluster', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [aCluster('a')] }));
  const { data } = await api.run(
    `mutation { modifyCluster(input: { cluster: "a", waitSeconds: 1 }) { ${userErrors} } }`,
  );
  expect(data).toMatchObject({ modifyCluster: { userErrors: [{ code: 'INVALID_INPUT', path: ['input'] }] } });
});

describe('deleteCluster with waitSeconds', () => {
  const deletion = (seconds: number) =>
    `mutation { deleteCluster(input: { cluster: "a", waitSeconds: ${seconds} }) { deleted cluster { name status } ${userErrors} } }`;

  /** A control plane whose clusters are DELETING until the test removes them. */
  function slowDeletion() {
    const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
    const deleteAtOnce = controlPlane.deleteCluster.bind(controlPlane);
    controlPlane.deleteCluster = async (request) => {
      await deleteAtOnce(request);
      controlPlane.state.clusters = [aCluster('a', { status: 'DELETING' })];
    };
    return controlPlane;
  }

  test('answers when the cluster no longer exists', async () => {
    const controlPlane = slowDeletion();
    await using api = createControlPlaneApi(controlPlane);
    const answer = api.run(deletion(900));
    await eventually(() => expect(controlPlane.calls).toContain('deleteCluster'));
    controlPlane.state.clusters = [];
    expect((await answer).data).toEqual({
      deleteCluster: { deleted: true, cluster: { name: 'a', status: 'DELETING' }, userErrors: [] },
    });
  });

  test('answers when the time is over, and when another cluster has the name', async () => {
    const controlPlane = slowDeletion();
    await using api = createControlPlaneApi(controlPlane);
    expect((await api.run(deletion(0.1))).data).toEqual({
      deleteCluster: { deleted: false, cluster: { name: 'a', status: 'DELETING' }, userErrors: [] },
    });
    const answer = api.run(deletion(900));
    await eventually(() => expect(controlPlane.calls.filter((call) => call === 'deleteCluster')).toHaveLength(2));
    controlPlane.state.clusters = [aCluster('a', { status: 'CREATING', createdAt: new Date('2026-02-01T00:00:00Z') })];
    expect((await answer).data).toEqual({
      deleteCluster: { deleted: true, cluster: { name: 'a', status: 'DELETING' }, userErrors: [] },
    });
  });

  test('answers with the cluster that stays, because its final snapshot failed', async () => {
    const controlPlane = slowDeletion();
    await using api = createControlPlaneApi(controlPlane);
    const answer = api.run(deletion(900));
    await eventually(() => expect(controlPlane.calls).toContain('deleteCluster'));
    controlPlane.state.clusters = [aCluster('a')];
    expect((await answer).data).toEqual({
      deleteCluster: { deleted: false, cluster: { name: 'a', status: 'AVAILABLE' }, userErrors: [] },
    });
  });

  test('of more than 900 s is refused before anything is deleted', async () => {
    const controlPlane = slowDeletion();
    await using api = createControlPlaneApi(controlPlane);
    expect((await api.run(deletion(901))).data).toMatchObject({
      deleteCluster: { deleted: null, userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'waitSeconds'] }] },
    });
    expect(controlPlane.calls).not.toContain('deleteCluster');
  });
});

test('deleteCluster returns the last state of the cluster', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  await using api = createControlPlaneApi(controlPlane);
  const deletion = `mutation { deleteCluster(input: { cluster: "A" }) { cluster { name status } ${userErrors} } }`;
  expect((await api.run(deletion)).data).toMatchObject({
    deleteCluster: { cluster: { name: 'a', status: 'DELETING' }, userErrors: [] },
  });
  expect((await api.run(deletion)).data).toMatchObject({
    deleteCluster: { cluster: null, userErrors: [{ code: 'NOT_FOUND', path: ['input', 'cluster'] }] },
  });
});

test('testFailover names the existing shards if the given one does not exist', async () => {
  const shards = [{ clusterName: 'a', name: '0001', status: null, slots: null, primary: null, replicas: [] }];
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { shards })] });
  await using api = createControlPlaneApi(controlPlane);
  const failover = (shard: string) =>
    `mutation { testFailover(input: { cluster: "a", shard: "${shard}" }) { cluster { name } ${userErrors} } }`;
  expect((await api.run(failover('0002'))).data).toMatchObject({
    testFailover: {
      userErrors: [{ code: 'NOT_FOUND', path: ['input', 'shard'], message: expect.stringContaining('0001') as string }],
    },
  });
  expect((await api.run(failover('0001'))).data).toMatchObject({
    testFailover: { cluster: { name: 'a' }, userErrors: [] },
  });
});

test('a change without any field is refused', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')], users: [aUser('alice')] });
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(`mutation {
    modifyCluster(input: { cluster: "a", addUserGroupIds: [], description: null }) { ${userErrors} }
    modifyUser(input: { userId: "alice" }) { ${userErrors} }
    modifyUserGroup(input: { userGroupId: "staff" }) { ${userErrors} }
  }`);
  for (const field of ['modifyCluster', 'modifyUser', 'modifyUserGroup']) {
    expect(data?.[field]).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT', path: ['input'] }] });
  }
});

test('an empty list of security groups is refused, because it removes none', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [aCluster('a')] }));
  const { data } = await api.run(
    `mutation { modifyCluster(input: { cluster: "a", description: "d", securityGroupIds: [] }) { ${userErrors} } }`,
  );
  expect(data).toMatchObject({
    modifyCluster: {
      userErrors: [
        {
          path: ['input', 'securityGroupIds'],
          message: 'Expected at least one security group, got an empty list.',
        },
      ],
    },
  });
});

const connect = `mutation { connectCluster(input: { cluster: "a", username: "alice", password: "canary-very-secret-word" }) {
  cluster { dataAccess { state username } } ${userErrors} } }`;

test('connectCluster opens the connection, disconnectCluster closes it', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [aCluster('a')] }));
  const opened = await api.run(connect);
  expect(opened.data).toMatchObject({
    connectCluster: { cluster: { dataAccess: { state: 'CONNECTED', username: 'alice' } }, userErrors: [] },
  });
  expect(JSON.stringify(opened)).not.toContain('canary-very-secret-word');
  const closed = await api.run(
    'mutation { disconnectCluster(input: { cluster: "a" }) { cluster { dataAccess { state } } } }',
  );
  expect(closed.data).toEqual({ disconnectCluster: { cluster: { dataAccess: { state: 'DISCONNECTED' } } } });
});

test('refused credentials are a user error at the password', async () => {
  const connections = createFakeConnections();
  connections.refusal = new ExpectedFailure('PERMISSION_DENIED', 'Wrong user name or password.', {
    upstreamCode: 'WRONGPASS',
  });
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [aCluster('a')] }), connections);
  expect((await api.run(connect)).data).toMatchObject({
    connectCluster: {
      cluster: null,
      userErrors: [{ code: 'PERMISSION_DENIED', path: ['input', 'password'], cause: 'WRONGPASS' }],
    },
  });
});

test('clusterChanges reports a cluster that is created after it was subscribed', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const changes = await api.subscribe(
    'subscription { clusterChanges(cluster: "a") { reason cluster { name status } } }',
  );
  const first = changes.next();
  await api.run(createCluster('{ name: "a" }'));
  expect((await first).value).toMatchObject({
    data: { clusterChanges: { cluster: { name: 'a', status: 'CREATING' } } },
  });
  controlPlane.state.clusters = [aCluster('a')];
  expect((await changes.next()).value).toMatchObject({
    data: { clusterChanges: { cluster: { name: 'a', status: 'AVAILABLE' } } },
  });
  await changes.return?.();
});
