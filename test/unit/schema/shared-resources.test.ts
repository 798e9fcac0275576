import { expect, test } from 'vitest';
import { ExpectedFailure, Outage } from '../../../src/domain/errors.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { aCluster, aSnapshot, aUser, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';
import { aParameter, aParameterGroup, aSubnetGroup, anEvent } from '../../helpers/elasticache/fake-shared-resources.js';

const globalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64');
const refused = new ExpectedFailure('INVALID_INPUT', 'The value is not allowed.', {
  path: ['input', 'parameters'],
  upstreamCode: 'InvalidParameterValue',
});

function withParameters(count: number) {
  const controlPlane = createFakeControlPlane();
  controlPlane.shared.parameterGroups = [aParameterGroup('tuned')];
  controlPlane.shared.parameters = Array.from({ length: count }, (_, index) =>
    aParameter(`p-${String(index).padStart(3, '0')}`),
  );
  return controlPlane;
}

const modify = `mutation ($parameters: [ParameterValueInput!]!) {
  modifyParameterGroup(input: { parameterGroup: "tuned", parameters: $parameters }) {
    parameterGroup { name } userErrors { code path cause }
  }
}`;
const newValues = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `p-${String(index).padStart(3, '0')}`, value: '7' }));

test('45 parameters are changed with three calls', async () => {
  const controlPlane = withParameters(50);
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors } = await api.run(modify, { parameters: newValues(45) });
  expect(errors).toBeUndefined();
  expect(data).toEqual({ modifyParameterGroup: { parameterGroup: { name: 'tuned' }, userErrors: [] } });
  expect(controlPlane.calls.filter((call) => call.startsWith('modify'))).toEqual([
    'modifyParameterGroup 20',
    'modifyParameterGroup 20',
    'modifyParameterGroup 5',
  ]);
  expect(controlPlane.shared.parameters.filter(({ value }) => value === '7')).toHaveLength(45);
});

test('if the second call is refused, the first one is undone, values of the group included', async () => {
  const controlPlane = withParameters(50);
  controlPlane.shared.parameters[3] = aParameter('p-003', { value: '42', source: 'USER' });
  controlPlane.shared.refusals = [undefined, refused];
  const before = structuredClone(controlPlane.shared.parameters);
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(modify, { parameters: newValues(45) });
  expect(data).toEqual({
    modifyParameterGroup: {
      parameterGroup: null,
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'parameters'], cause: 'InvalidParameterValue' }],
    },
  });
  expect(controlPlane.shared.parameters).toEqual(before);
});

test('an outage after the first call is an error that says that a part may have been changed', async () => {
  const controlPlane = withParameters(50);
  controlPlane.shared.refusals = [undefined, new Outage('CONTROL_PLANE_UNAVAILABLE', 'out')];
  await using api = createControlPlaneApi(controlPlane);
  const { errors } = await api.run(modify, { parameters: newValues(45) });
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
  expect(errors?.[0]?.message).toContain('20 of the parameters');
});

test('a parameter that is given twice, or none, is refused before anything is sent', async () => {
  const controlPlane = withParameters(2);
  await using api = createControlPlaneApi(controlPlane);
  for (const parameters of [[], [...newValues(1), ...newValues(1)]]) {
    const { data } = await api.run(modify, { parameters });
    expect(data?.['modifyParameterGroup']).toMatchObject({ userErrors: [{ code: 'INVALID_INPUT' }] });
  }
  expect(controlPlane.calls).toEqual([]);
});

test('parameters are paged by name, and selected by pattern and by source', async () => {
  const controlPlane = withParameters(12);
  controlPlane.shared.parameters.push(aParameter('maxmemory-policy', { value: 'allkeys-lru', source: 'USER' }));
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(`{ parameterGroup(name: "TUNED") {
    all: parameters(first: 2) { nodes { name source changeType } pageInfo { hasNextPage } }
    changed: parameters(changedOnly: true) { nodes { name value } }
    some: parameters(match: "p-00?") { nodes { name } }
  } }`);
  expect(data?.['parameterGroup']).toMatchObject({
    all: {
      nodes: [
        { name: 'maxmemory-policy', source: 'USER', changeType: 'IMMEDIATE' },
        { name: 'p-000', source: 'ENGINE_DEFAULT' },
      ],
      pageInfo: { hasNextPage: true },
    },
    changed: { nodes: [{ name: 'maxmemory-policy', value: 'allkeys-lru' }] },
    some: { nodes: Array.from({ length: 10 }, (_, index) => ({ name: `p-00${index}` })) },
  });
  expect(controlPlane.calls.filter((call) => call.startsWith('parameters '))).toEqual([
    'parameters tuned',
    'parameters tuned USER',
  ]);
});

test('a subnet group is created once, changed and deleted', async () => {
  const controlPlane = createFakeControlPlane();
  await using api = createControlPlaneApi(controlPlane);
  const create = `mutation { createSubnetGroup(input: { name: "Net", subnetIds: ["subnet-1"], ifNotExists: true }) {
    created subnetGroup { name subnets { subnetId } } userErrors { code } } }`;
  const created = (isNew: boolean) => ({
    createSubnetGroup: {
      created: isNew,
      subnetGroup: { name: 'net', subnets: [{ subnetId: 'subnet-1' }] },
      userErrors: [],
    },
  });
  expect((await api.run(create)).data).toEqual(created(true));
  expect((await api.run(create)).data).toEqual(created(false));
  const { data } = await api.run(`mutation {
    nothing: modifySubnetGroup(input: { subnetGroup: "net" }) { userErrors { code path } }
    missing: deleteSubnetGroup(input: { subnetGroup: "other" }) { userErrors { code path } }
    modifySubnetGroup(input: { subnetGroup: "net", subnetIds: ["subnet-2"] }) { subnetGroup { subnets { subnetId } } }
    deleteSubnetGroup(input: { subnetGroup: "net" }) { subnetGroup { name } userErrors { code } }
  }`);
  expect(data).toEqual({
    nothing: { userErrors: [{ code: 'INVALID_INPUT', path: ['input'] }] },
    missing: { userErrors: [{ code: 'NOT_FOUND', path: ['input', 'subnetGroup'] }] },
    modifySubnetGroup: { subnetGroup: { subnets: [{ subnetId: 'subnet-2' }] } },
    deleteSubnetGroup: { subnetGroup: { name: 'net' }, userErrors: [] },
  });
});

test('tags are added and removed by global ID and by ARN', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [aCluster('a')],
    users: [aUser('alice')],
    snapshots: [aSnapshot('nightly', { clusterName: 'a' })],
  });
  controlPlane.shared.subnetGroups = [aSubnetGroup('net')];
  await using api = createControlPlaneApi(controlPlane);
  const add = `mutation ($resource: String!) {
    addTags(input: { resource: $resource, tags: [{ key: "team", value: "blue" }] }) {
      resource { id __typename } tags { key value } userErrors { code path message }
    }
  }`;
  const arnOf = (kind: string, name: string) => `arn:aws:elasticache:us-east-1:123456789012:${kind}:${name}`;
  for (const [resource, type, id] of [
    [globalId('Cluster', 'a'), 'Cluster', 'a'],
    [arnOf('replicationgroup', 'a'), 'Cluster', 'a'],
    [globalId('User', 'alice'), 'User', 'alice'],
    [arnOf('subnetgroup', 'net'), 'SubnetGroup', 'net'],
    [globalId('Snapshot', 'nightly'), 'Snapshot', 'nightly'],
    [arnOf('snapshot', 'Nightly'), 'Snapshot', 'nightly'],
  ] as const) {
    const { data, errors } = await api.run(add, { resource });
    expect(errors).toBeUndefined();
    expect(data?.['addTags']).toEqual({
      resource: { id: globalId(type, id), __typename: type },
      tags: [{ key: 'team', value: 'blue' }],
      userErrors: [],
    });
  }
  for (const [resource, code] of [
    ['nonsense', 'INVALID_INPUT'],
    ['arn:aws:s3:::bucket', 'INVALID_INPUT'],
    [globalId('Shard', 'a/0001'), 'INVALID_INPUT'],
    [globalId('UserGroup', 'nobody'), 'NOT_FOUND'],
    [globalId('Snapshot', 'none'), 'NOT_FOUND'],
    [arnOf('snapshot', 'none'), 'NOT_FOUND'],
  ] as const) {
    const { data } = await api.run(add, { resource });
    expect(data?.['addTags'], resource).toMatchObject({ userErrors: [{ code, path: ['input', 'resource'] }] });
    if (resource === 'nonsense')
      expect(JSON.stringify(data)).toContain('Expected a global ID or an ARN of ElastiCache');
  }
  const { data } = await api.run(`mutation {
    removeTags(input: { resource: "${globalId('Cluster', 'a')}", keys: ["team"] }) { tags { key } userErrors { code } }
  }`);
  expect(data).toEqual({ removeTags: { tags: [], userErrors: [] } });
});

test('events are paged newest first, and a cursor stays valid if events were added', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const now = Date.now();
  const at = (index: number) => new Date(now - 1000 + index);
  controlPlane.shared.events = [0, 1, 2].map((index) =>
    anEvent({ sourceName: 'a', message: `event ${index}`, at: at(index) }),
  );
  await using api = createControlPlaneApi(controlPlane);
  const page =
    'query ($after: String) { events(first: 2, after: $after) { nodes { message } pageInfo { endCursor hasNextPage } } }';
  const first = (await api.run(page)).data?.['events'] as any;
  expect(first).toMatchObject({
    nodes: [{ message: 'event 2' }, { message: 'event 1' }],
    pageInfo: { hasNextPage: true },
  });
  controlPlane.shared.events.push(anEvent({ sourceName: 'a', message: 'event 3', at: at(3) }));
  const { data } = await api.run(page, { after: first.pageInfo.endCursor });
  expect(data?.['events']).toMatchObject({ nodes: [{ message: 'event 0' }], pageInfo: { hasNextPage: false } });
  const { errors } = await api.run('{ events(sourceName: "a") { nodes { message } } }');
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', inputPath: ['source'] });
});

test("a cluster's events are those of itself and of its nodes since its creation", async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [aCluster('a', { createdAt: new Date(Date.now() - 5000) })],
  });
  controlPlane.shared.events = [
    anEvent({ sourceName: 'a', message: 'of an earlier cluster', at: new Date(Date.now() - 60_000) }),
    anEvent({ sourceName: 'a', message: 'own', at: new Date(Date.now() - 3000) }),
    anEvent({ source: 'NODE', sourceName: 'a-0001-002', message: 'of a node', at: new Date(Date.now() - 2000) }),
    anEvent({ sourceName: 'b', message: 'of another' }),
  ];
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run('{ cluster(name: "a") { events { nodes { message source } } } }');
  expect(data?.['cluster']).toEqual({
    events: {
      nodes: [
        { message: 'of a node', source: 'NODE' },
        { message: 'own', source: 'CLUSTER' },
      ],
    },
  });
});

test('the AUTH token is checked before it is sent, and only for a cluster with TLS', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [aCluster('plain'), aCluster('a', { transitEncryption: 'REQUIRED' })],
  });
  await using api = createControlPlaneApi(controlPlane);
  const set = (input: string) => api.run(`mutation { setAuthToken(input: { ${input} }) { userErrors { code path } } }`);
  for (const input of [
    'cluster: "a", strategy: SET',
    'cluster: "a", strategy: DELETE, token: "a-token-of-enough-length"',
    'cluster: "a", strategy: ROTATE, token: "short"',
    'cluster: "plain", strategy: SET, token: "a-token-of-enough-length"',
  ]) {
    const { data } = await set(input);
    expect(data?.['setAuthToken'], input).toEqual({
      userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'token'] }],
    });
  }
  expect(controlPlane.modified).toEqual([]);
  expect((await set('cluster: "A", strategy: DELETE')).data?.['setAuthToken']).toEqual({ userErrors: [] });
  expect(controlPlane.modified).toEqual([{ cluster: 'a', strategy: 'DELETE', token: undefined, addUserGroupIds: [] }]);
});

test('newer versions of the engine, and Valkey for Redis, are allowed', async () => {
  const controlPlane = createFakeControlPlane({
    clusters: [
      aCluster('redis', { engine: 'REDIS', engineVersion: '7.1' }),
      aCluster('valkey', { engineVersion: '8.0.3' }),
    ],
  });
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(`{
    clusters { nodes { name allowedEngineVersions { engine version } } }
    engineVersions(engine: VALKEY) { version isDefault }
    nodeTypes { name memoryBytes vcpus }
  }`);
  expect(data).toMatchObject({
    clusters: {
      nodes: [
        { allowedEngineVersions: [{ engine: 'VALKEY', version: '8.0' }, { version: '8.1' }] },
        { allowedEngineVersions: [{ engine: 'VALKEY', version: '8.1' }] },
      ],
    },
    engineVersions: [
      { version: '8.0', isDefault: true },
      { version: '8.1', isDefault: false },
    ],
  });
  expect(data?.['nodeTypes']).toContainEqual({ name: 'cache.t3.micro', memoryBytes: 536_870_912, vcpus: 2 });
});

test('node types are those of an engine, or of a version of it', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane());
  const { data } = await api.run(`{
    all: nodeTypes { name } valkey: nodeTypes(engine: VALKEY) { name } redis: nodeTypes(engine: REDIS) { name }
    old: nodeTypes(engine: REDIS, engineVersion: "6.0") { name }
  }`);
  const families = (field: string) =>
    new Set((data![field] as { name: string }[]).map(({ name }) => name.split('.')[1]));
  expect(families('valkey')).toEqual(families('all'));
  expect([families('redis').has('m7g'), families('redis').has('m8g')]).toEqual([true, false]);
  expect([families('old').has('m6g'), families('old').has('m7g')]).toEqual([true, false]);
  const { errors } = await api.run('{ nodeTypes(engineVersion: "6.0") { name } }');
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', inputPath: ['engine'] });
});
