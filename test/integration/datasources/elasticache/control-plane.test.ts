import { expect, test } from 'vitest';
import type { ControlPlane } from '../../../../src/datasources/elasticache/interfaces.js';
import { ExpectedFailure, Outage } from '../../../../src/domain/errors.js';
import type { NewCluster } from '../../../../src/domain/cluster/new-cluster.js';
import type { NewUser } from '../../../../src/domain/user/user.js';
import { pointedAt, startScriptedElastiCache, type Answer } from '../../../helpers/elasticache/scripted-elasticache.js';

const newUser: NewUser = {
  userId: 'alice',
  userName: 'alice',
  accessString: 'on ~* +@all',
  engine: 'REDIS',
  authentication: { type: 'PASSWORD', passwords: ['canary-password-of-alice'] },
  tags: [{ key: 'team', value: 'blue' }],
};
const userXml = '<UserId>alice</UserId><UserName>alice</UserName><Status>active</Status><Engine>redis</Engine>';
const newCluster: NewCluster = {
  name: 'orders',
  description: 'Orders',
  engine: 'VALKEY',
  engineVersion: '7.2',
  nodeType: 'cache.t3.small',
  clusterMode: 'DISABLED',
  shards: 1,
  replicasPerShard: 2,
  automaticFailover: true,
  multiAz: false,
  transitEncryption: 'DISABLED',
  userGroupIds: [],
  securityGroupIds: [],
  snapshotRetentionDays: 30,
  tags: [],
};

test('a describe reads all pages', async () => {
  await using elastiCache = await startScriptedElastiCache((_action, request) =>
    request.get('Marker') === 'second'
      ? { result: `<Users><member><UserId>bob</UserId></member></Users>` }
      : { result: `<Users><member>${userXml}</member></Users><Marker>second</Marker>` },
  );
  const users = await elastiCache.controlPlane.users();
  expect(users.map(({ userId }) => userId)).toEqual(['alice', 'bob']);
});

test('a cluster is assembled from its replication group and its cache clusters', async () => {
  const member = (id: string, role: string) =>
    `<NodeGroupMember><CacheClusterId>${id}</CacheClusterId><CacheNodeId>0001</CacheNodeId><CurrentRole>${role}</CurrentRole>` +
    `<ReadEndpoint><Address>127.0.0.1</Address><Port>6379</Port></ReadEndpoint></NodeGroupMember>`;
  const answers: Record<string, string> = {
    DescribeReplicationGroups: `<ReplicationGroups><ReplicationGroup><ReplicationGroupId>orders</ReplicationGroupId>
      <Description>Orders</Description><Status>available</Status><ClusterEnabled>false</ClusterEnabled><ClusterMode>disabled</ClusterMode>
      <NodeGroups><NodeGroup><NodeGroupId>0001</NodeGroupId><Status>available</Status>
        <PrimaryEndpoint><Address>orders.example</Address><Port>6379</Port></PrimaryEndpoint>
        <NodeGroupMembers>${member('orders-001', 'replica')}${member('orders-002', 'primary')}</NodeGroupMembers></NodeGroup></NodeGroups>
      <AutomaticFailover>enabled</AutomaticFailover><MultiAZ>disabled</MultiAZ><TransitEncryptionEnabled>true</TransitEncryptionEnabled>
      <TransitEncryptionMode>preferred</TransitEncryptionMode><UserGroupIds><member>staff</member></UserGroupIds>
      <ReplicationGroupCreateTime>2026-11-23T20:00:00Z</ReplicationGroupCreateTime>
      </ReplicationGroup></ReplicationGroups>`,
    DescribeCacheClusters: `<CacheClusters><CacheCluster><CacheClusterId>orders-001</CacheClusterId><ReplicationGroupId>orders</ReplicationGroupId>
      <Engine>valkey</Engine><EngineVersion>8.0</EngineVersion><CacheClusterStatus>rebooting cluster nodes</CacheClusterStatus>
      <CacheParameterGroup><CacheParameterGroupName>default.valkey8</CacheParameterGroupName></CacheParameterGroup>
      <CacheSubnetGroupName>default</CacheSubnetGroupName><PreferredAvailabilityZone>us-east-1a</PreferredAvailabilityZone>
      </CacheCluster></CacheClusters>`,
  };
  await using elastiCache = await startScriptedElastiCache((action) => ({ result: answers[action] ?? '' }));
  const [cluster] = await elastiCache.controlPlane.clusters();
  expect(cluster).toMatchObject({
    name: 'orders',
    status: 'AVAILABLE',
    engine: 'VALKEY',
    engineVersion: '8.0',
    clusterMode: 'DISABLED',
    transitEncryption: 'PREFERRED',
    automaticFailover: 'ENABLED',
    multiAz: false,
    parameterGroup: 'default.valkey8',
    subnetGroup: 'default',
    userGroupIds: ['staff'],
    primaryEndpoint: { host: 'orders.example', port: 6379 },
    readerEndpoint: null,
    createdAt: new Date('2026-11-23T20:00:00Z'),
  });
  expect(cluster?.shards).toHaveLength(1);
  expect(cluster?.shards?.[0]?.primary).toMatchObject({ name: 'orders-002', role: 'PRIMARY', status: null });
  expect(cluster?.shards?.[0]?.replicas).toMatchObject([
    { name: 'orders-001', role: 'REPLICA', status: 'REBOOTING', availabilityZone: 'us-east-1a' },
  ]);
  expect(elastiCache.requests).toHaveLength(2);
});

test('an unknown status is UNKNOWN, and missing facts are null', async () => {
  await using elastiCache = await startScriptedElastiCache((action) => ({
    result:
      action === 'DescribeReplicationGroups'
        ? '<ReplicationGroups><ReplicationGroup><ReplicationGroupId>x</ReplicationGroupId><Status>hibernating</Status></ReplicationGroup></ReplicationGroups>'
        : '',
  }));
  expect(await elastiCache.controlPlane.clusters()).toMatchObject([
    { name: 'x', status: 'UNKNOWN', engine: null, shards: null, clusterMode: null, transitEncryption: null },
  ]);
});

test('a cluster without cluster mode is requested with its number of nodes', async () => {
  await using elastiCache = await startScriptedElastiCache(() => ({ result: '' }));
  await elastiCache.controlPlane.createCluster(newCluster);
  const request = Object.fromEntries(elastiCache.requests[0]!);
  expect(request).toMatchObject({
    Action: 'CreateReplicationGroup',
    ReplicationGroupId: 'orders',
    Engine: 'valkey',
    EngineVersion: '7.2',
    NumCacheClusters: '3',
    AutomaticFailoverEnabled: 'true',
    TransitEncryptionEnabled: 'false',
    SnapshotRetentionLimit: '30',
  });
  expect(Object.keys(request).filter((name) => /NodeGroup|UserGroup|Tags|SecurityGroup|AuthToken/.test(name))).toEqual(
    [],
  );
});

test('a sharded cluster is requested with its shards and replicas, TLS and its users', async () => {
  await using elastiCache = await startScriptedElastiCache(() => ({ result: '' }));
  await elastiCache.controlPlane.createCluster({
    ...newCluster,
    clusterMode: 'ENABLED',
    shards: 2,
    replicasPerShard: 1,
    transitEncryption: 'PREFERRED',
    userGroupIds: ['staff'],
    securityGroupIds: ['sg-1'],
    parameterGroup: 'default.valkey7.cluster.on',
    tags: [{ key: 'team', value: 'blue' }],
  });
  expect(Object.fromEntries(elastiCache.requests[0]!)).toMatchObject({
    ClusterMode: 'enabled',
    NumNodeGroups: '2',
    ReplicasPerNodeGroup: '1',
    TransitEncryptionEnabled: 'true',
    TransitEncryptionMode: 'preferred',
    'UserGroupIds.member.1': 'staff',
    'SecurityGroupIds.SecurityGroupId.1': 'sg-1',
    'Tags.Tag.1.Key': 'team',
    CacheParameterGroupName: 'default.valkey7.cluster.on',
  });
});

test('a user is created with its authentication mode, and returned without its password', async () => {
  await using elastiCache = await startScriptedElastiCache(() => ({
    result: `${userXml}<AccessString>on ~* +@all</AccessString><Authentication><Type>password</Type><PasswordCount>1</PasswordCount></Authentication><ARN>arn</ARN>`,
  }));
  expect(await elastiCache.controlPlane.createUser(newUser)).toEqual({
    userId: 'alice',
    userName: 'alice',
    arn: 'arn',
    status: 'ACTIVE',
    engine: 'REDIS',
    accessString: 'on ~* +@all',
    authentication: { type: 'PASSWORD', passwordCount: 1 },
    userGroupIds: [],
  });
  expect(Object.fromEntries(elastiCache.requests[0]!)).toMatchObject({
    Engine: 'redis',
    'AuthenticationMode.Type': 'password',
    'AuthenticationMode.Passwords.member.1': 'canary-password-of-alice',
  });
});

async function failureOf(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('Expected a rejection with an Error.');
}

async function failureAgainst(answer: Answer, call: (controlPlane: ControlPlane) => Promise<unknown>) {
  await using elastiCache = await startScriptedElastiCache(() => answer);
  const failure = await failureOf(call(elastiCache.controlPlane));
  return { failure, requests: elastiCache.requests.length, revision: elastiCache.controlPlane.revision() };
}

const refusals: readonly (readonly [
  string,
  string,
  (to: ControlPlane) => Promise<unknown>,
  string,
  string | undefined,
])[] = [
  ['UserAlreadyExists', 'User alice already exists.', (to) => to.createUser(newUser), 'ALREADY_EXISTS', 'input.userId'],
  ['ReplicationGroupAlreadyExists', 'It exists.', (to) => to.createCluster(newCluster), 'ALREADY_EXISTS', 'input.name'],
  ['UserGroupNotFound', 'No such group.', (to) => to.createCluster(newCluster), 'NOT_FOUND', 'input.userGroupIds'],
  [
    'UserGroupNotFound',
    'No such group.',
    (to) => to.deleteUserGroup({ userGroupId: 'g' }),
    'NOT_FOUND',
    'input.userGroupId',
  ],
  ['ReplicationGroupNotFoundFault', 'No.', (to) => to.deleteCluster({ cluster: 'x' }), 'NOT_FOUND', 'input.cluster'],
  [
    'InvalidUserState',
    'User alice has status modifying.',
    (to) => to.deleteUser({ userId: 'alice' }),
    'INVALID_STATE',
    'input.userId',
  ],
  ['CacheSubnetGroupNotFoundFault', 'No.', (to) => to.createCluster(newCluster), 'NOT_FOUND', 'input.subnetGroup'],
  [
    'InvalidParameterCombination',
    'Cannot find version 6.0 for valkey',
    (to) => to.createCluster(newCluster),
    'INVALID_INPUT',
    'input.engineVersion',
  ],
  [
    'InvalidParameterValue',
    'Passwords length must be between 16-128 characters.',
    (to) => to.createUser(newUser),
    'INVALID_INPUT',
    'input.authentication.passwords',
  ],
  ['UserQuotaExceeded', 'Too many.', (to) => to.createUser(newUser), 'QUOTA_EXCEEDED', undefined],
  ['SomethingNew', 'No.', (to) => to.createUser(newUser), 'INVALID_INPUT', undefined],
];

test.each(refusals)(
  'a refusal %s (%s) is an expected failure that changed nothing',
  async (error, message, call, code, path) => {
    const { failure, revision } = await failureAgainst({ error, message }, call);
    expect(failure).toBeInstanceOf(ExpectedFailure);
    expect(failure).toMatchObject({ code, message, upstreamCode: error, inputPath: path?.split('.') });
    expect(revision).toBe(0);
  },
);

test('a throttled read is retried, and a throttled write is not', async () => {
  const throttled = { error: 'Throttling', message: 'Rate exceeded' };
  const read = await failureAgainst(throttled, (to) => to.users());
  expect(read.failure).toMatchObject({ name: 'Outage', code: 'CONTROL_PLANE_UNAVAILABLE' });
  expect(read.requests).toBe(3);
  const write = await failureAgainst(throttled, (to) => to.createUser(newUser));
  expect(write.failure).toMatchObject({ name: 'Outage', code: 'CONTROL_PLANE_UNAVAILABLE' });
  expect(write.requests).toBe(1);
});

test('refused credentials are an outage of this server, not invalid input', async () => {
  const denied = { error: 'SignatureDoesNotMatch', message: 'The signature does not match.', status: 403 };
  const { failure } = await failureAgainst(denied, (to) => to.createUser(newUser));
  expect(failure).toMatchObject({
    name: 'Outage',
    code: 'CONTROL_PLANE_UNAVAILABLE',
    message:
      "ElastiCache refused this server's AWS credentials, or their permissions are insufficient (SignatureDoesNotMatch).",
  });
});

test.each<[string, Answer]>([
  ['the connection is cut', 'cut'],
  ['a proxy answers', { status: 502, body: '<html>Bad gateway</html>' }],
  ['the answer is no XML', { status: 200, body: 'hello' }],
])('if %s after a write was sent, its outcome is unknown and it counts as a write', async (_why, answer) => {
  const { failure, requests, revision } = await failureAgainst(answer, (to) => to.createCluster(newCluster));
  expect(failure).toMatchObject({ name: 'Outage', code: 'UNKNOWN_OUTCOME' });
  expect(requests).toBe(1);
  expect(revision).toBe(1);
});

test('a write that could not be sent is known not to have happened', async () => {
  const stopped = await startScriptedElastiCache(() => 'cut');
  await stopped[Symbol.asyncDispose]();
  const controlPlane = pointedAt(stopped.endpoint);
  const failure = await failureOf(controlPlane.createUser(newUser));
  expect(failure).toBeInstanceOf(Outage);
  expect(failure).toMatchObject({ code: 'CONTROL_PLANE_UNAVAILABLE' });
  expect(failure.message).toContain('ECONNREFUSED');
});

test('a password that ElastiCache repeats in its refusal is removed', async () => {
  const { failure } = await failureAgainst(
    { error: 'InvalidParameterValue', message: 'canary-password-of-alice is a bad password' },
    (to) => to.createUser(newUser),
  );
  expect(failure.message).toBe('(hidden) is a bad password');
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure)) + String(failure.cause)).not.toContain(
    'canary-password',
  );
});

test('an outage is logged when it starts, not at every call, and never with a secret', async () => {
  const lines: unknown[] = [];
  let answer: Answer = { error: 'AccessDenied', message: 'arn:aws:iam::1:role/x may not', status: 403 };
  await using elastiCache = await startScriptedElastiCache(() => answer);
  const controlPlane = pointedAt(elastiCache.endpoint, { warn: (...line: unknown[]) => lines.push(line) });
  for (let call = 0; call < 3; call += 1) await failureOf(controlPlane.createUser(newUser));
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).toContain('role/x');
  answer = 'cut';
  await failureOf(controlPlane.createUser(newUser));
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain('canary-password');
  controlPlane.close();
});
