import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLocalApi } from '../../helpers/apis/local-api.js';
import { eventually } from '../../helpers/run/eventually.js';

let api: Awaited<ReturnType<typeof startLocalApi>>;
beforeAll(async () => {
  api = await startLocalApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

async function answer(document: string, variables?: Record<string, unknown>): Promise<any> {
  const { data, errors } = await api.run(document, variables);
  expect(errors).toBeUndefined();
  return data;
}

test('a parameter group is created, tuned in several calls, used by a cluster, reset and deleted', async () => {
  const created = await answer(`mutation {
    createParameterGroup(input: { name: "Tuned", family: "valkey8", tags: [{ key: "team", value: "blue" }] }) {
      created parameterGroup { id name family isGlobal tags { key value } } userErrors { code }
    }
  }`);
  expect(created.createParameterGroup).toMatchObject({
    created: true,
    parameterGroup: { name: 'tuned', family: 'valkey8', isGlobal: false, tags: [{ key: 'team', value: 'blue' }] },
    userErrors: [],
  });

  const set = `mutation ($parameters: [ParameterValueInput!]!) {
    modifyParameterGroup(input: { parameterGroup: "tuned", parameters: $parameters }) {
      parameterGroup { parameters(changedOnly: true) { nodes { name value source } } } userErrors { code path cause }
    }
  }`;
  const parameters = [{ name: 'maxmemory-policy', value: 'allkeys-lru' }];
  expect((await answer(set, { parameters })).modifyParameterGroup).toEqual({
    parameterGroup: { parameters: { nodes: [{ name: 'maxmemory-policy', value: 'allkeys-lru', source: 'USER' }] } },
    userErrors: [],
  });
  const wrong = [{ name: 'maxmemory-policy', value: 'nonsense' }];
  expect((await answer(set, { parameters: wrong })).modifyParameterGroup).toMatchObject({
    parameterGroup: null,
    userErrors: [{ code: 'INVALID_INPUT', cause: 'InvalidParameterValue' }],
  });
  const ofDefaults = await answer(`mutation {
    modifyParameterGroup(input: { parameterGroup: "default.valkey8", parameters: [{ name: "timeout", value: "1" }] }) {
      userErrors { code path cause }
    }
  }`);
  expect(ofDefaults.modifyParameterGroup.userErrors).toMatchObject([
    { code: 'INVALID_STATE', cause: 'InvalidCacheParameterGroupState', path: ['input', 'parameterGroup'] },
  ]);

  const used = await answer(`mutation {
    createCluster(input: {
      name: "tuned-cluster", engineVersion: "8.0", replicasPerShard: 0, parameterGroup: "tuned", waitSeconds: 30,
      maintenanceWindow: "sun:23:00-mon:01:30", snapshotWindow: "03:00-04:00", autoMinorVersionUpgrade: false
    }) {
      cluster {
        status maintenanceWindow snapshotWindow autoMinorVersionUpgrade notificationTopicArn authTokenEnabled
        parameterGroupDetails { name clusters { name } } subnetGroupDetails { name subnets { subnetId } }
        allowedNodeTypes { scaleUp }
      }
      userErrors { code message }
    }
  }`);
  expect(used.createCluster).toMatchObject({
    cluster: {
      status: 'AVAILABLE',
      maintenanceWindow: 'sun:23:00-mon:01:30',
      snapshotWindow: '03:00-04:00',
      autoMinorVersionUpgrade: false,
      notificationTopicArn: null,
      authTokenEnabled: false,
      parameterGroupDetails: { name: 'tuned', clusters: [{ name: 'tuned-cluster' }] },
      subnetGroupDetails: { name: 'default' },
    },
    userErrors: [],
  });
  expect(used.createCluster.cluster.allowedNodeTypes.scaleUp).toContain('cache.m7g.large');

  const remove =
    'mutation { deleteParameterGroup(input: { parameterGroup: "tuned" }) { parameterGroup { name } userErrors { code cause } } }';
  expect((await answer(remove)).deleteParameterGroup).toEqual({
    parameterGroup: null,
    userErrors: [{ code: 'INVALID_STATE', cause: 'InvalidCacheParameterGroupState' }],
  });
  await answer('mutation { deleteCluster(input: { cluster: "tuned-cluster" }) { userErrors { code } } }');
  await eventually(async () => {
    const { cluster } = await answer('{ cluster(name: "tuned-cluster") { status } }');
    expect(cluster).toBeNull();
  });
  const reset =
    await answer(`mutation { resetParameterGroup(input: { parameterGroup: "tuned", names: ["maxmemory-policy"] }) {
    parameterGroup { parameters(changedOnly: true) { nodes { name } } } userErrors { code }
  } }`);
  expect(reset.resetParameterGroup).toEqual({ parameterGroup: { parameters: { nodes: [] } }, userErrors: [] });
  expect((await answer(remove)).deleteParameterGroup).toEqual({ parameterGroup: { name: 'tuned' }, userErrors: [] });
});

test('a subnet group that does not fit is refused with the code of ElastiCache', async () => {
  const create = (input: string) =>
    answer(
      `mutation { createSubnetGroup(input: { ${input} }) { subnetGroup { vpcId } userErrors { code cause path } } }`,
    );
  expect((await create('name: "net", subnetIds: ["subnet-1", "subnet-2"]')).createSubnetGroup).toEqual({
    subnetGroup: { vpcId: 'vpc-local' },
    userErrors: [],
  });
  expect((await create('name: "NET", subnetIds: ["subnet-1"]')).createSubnetGroup.userErrors).toEqual([
    { code: 'ALREADY_EXISTS', cause: 'CacheSubnetGroupAlreadyExists', path: ['input', 'name'] },
  ]);
});

test('tags of a user are added and removed by its ID, and a missing tag is NOT_FOUND', async () => {
  const { createUser } = await answer(`mutation {
    createUser(input: { userId: "tagged", userName: "tagged", accessString: "on ~* +@read", authentication: { type: NO_PASSWORD } }) {
      user { id arn tags { key } } userErrors { code }
    }
  }`);
  expect(createUser.user.tags).toEqual([]);
  const add = `mutation ($resource: String!) {
    addTags(input: { resource: $resource, tags: [{ key: "team", value: "blue" }] }) {
      resource { ... on User { tags { key value } } } tags { key value } userErrors { code }
    }
  }`;
  const tags = [{ key: 'team', value: 'blue' }];
  for (const resource of [createUser.user.id, createUser.user.arn]) {
    expect((await answer(add, { resource })).addTags).toEqual({ resource: { tags }, tags, userErrors: [] });
  }
  const remove = `mutation { removeTags(input: { resource: "${createUser.user.id}", keys: ["team"] }) { tags { key } userErrors { code path cause } } }`;
  expect((await answer(remove)).removeTags).toEqual({ tags: [], userErrors: [] });
  expect((await answer(remove)).removeTags).toEqual({
    tags: null,
    userErrors: [{ code: 'NOT_FOUND', path: ['input', 'keys', '0'], cause: 'TagNotFound' }],
  });
  const foreign = createUser.user.arn.replace('us-east-1', 'eu-west-1');
  expect((await answer(add, { resource: foreign })).addTags.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
});

test('an event is delivered once to the subscription, and listed by the query', async () => {
  const received = await api.subscribe(`subscription {
    events(source: CLUSTER, sourceName: "seen", announce: true) { events { message } gap { reason } started { at } }
  }`);
  const first = await received.next();
  expect(first.value.data.events).toMatchObject({ events: [], gap: null });
  await answer(
    `mutation { createCluster(input: { name: "seen", replicasPerShard: 0, waitSeconds: 30 }) { userErrors { code } } }`,
  );
  await answer('mutation { modifyCluster(input: { cluster: "seen", description: "new" }) { userErrors { code } } }');
  const messages: string[] = [];
  while (!messages.some((message) => message.includes('modified'))) {
    const { value } = await received.next();
    expect(value.errors).toBeUndefined();
    messages.push(...value.data.events.events.map(({ message }: { message: string }) => message));
  }
  await received.return!();
  const { events, cluster } = await answer(`{
    events(source: CLUSTER, sourceName: "seen") { nodes { message source sourceName } }
    cluster(name: "seen") { events { nodes { message } } }
  }`);
  const listed = events.nodes.map(({ message }: { message: string }) => message).toReversed();
  expect(messages.toSorted()).toEqual(listed.slice(0, messages.length).toSorted());
  expect(cluster.events.nodes.length).toBeGreaterThanOrEqual(messages.length);
});

test('the AUTH token is set, rotated and deleted', async () => {
  await answer(`mutation {
    createCluster(input: { name: "secret", replicasPerShard: 0, transitEncryption: REQUIRED, waitSeconds: 30 }) { userErrors { code } }
  }`);
  const withoutGroup = await answer(
    'mutation { setAuthToken(input: { cluster: "secret", strategy: DELETE }) { userErrors { code path } } }',
  );
  expect(withoutGroup.setAuthToken.userErrors).toMatchObject([{ code: 'INVALID_INPUT' }]);
  await answer(`mutation {
    createUser(input: { userId: "app", userName: "app", accessString: "on ~* +@all",
      authentication: { type: PASSWORD, passwords: ["canary-password-of-length"] } }) { userErrors { code } }
    createUserGroup(input: { userGroupId: "apps", userIds: ["app"] }) { userErrors { code } }
  }`);
  for (const [change, enabled] of [
    ['strategy: SET, token: "first-token-of-length"', true],
    ['strategy: ROTATE, token: "second-token-of-length"', true],
    ['strategy: DELETE, addUserGroupIds: ["apps"]', false],
  ] as const) {
    const { setAuthToken } = await answer(
      `mutation { setAuthToken(input: { cluster: "secret", ${change} }) { cluster { name } userErrors { code message } } }`,
    );
    expect(setAuthToken, change).toEqual({ cluster: { name: 'secret' }, userErrors: [] });
    await eventually(async () => {
      const { cluster } = await answer('{ cluster(name: "secret") { status authTokenEnabled } }');
      expect(cluster).toEqual({ status: 'AVAILABLE', authTokenEnabled: enabled });
    });
  }
});

test('clusterChanges delivers each status of a cluster that is created and deleted', async () => {
  const changes = await api.subscribe(
    'subscription { clusterChanges(cluster: "moves") { reason cluster { status } } }',
  );
  const statuses: string[] = [];
  const until = async (isLast: (change: any) => boolean): Promise<void> => {
    for (;;) {
      const { value } = await changes.next();
      const change = value.data.clusterChanges;
      if (statuses.at(-1) !== change.cluster.status) statuses.push(change.cluster.status);
      if (isLast(change)) return;
    }
  };
  const create = 'mutation { createCluster(input: { name: "moves", replicasPerShard: 0 }) { userErrors { code } } }';
  await Promise.all([until(({ cluster }) => cluster.status === 'AVAILABLE'), answer(create)]);
  const remove = 'mutation { deleteCluster(input: { cluster: "moves" }) { userErrors { code } } }';
  await Promise.all([until(({ reason }) => reason === 'DELETED'), answer(remove)]);
  await changes.return!();
  expect(statuses).toEqual(['CREATING', 'AVAILABLE', 'DELETING']);
});
