import { graphql } from 'graphql';
import { expect, test } from 'vitest';
import { createAccess } from '../../../src/domain/access/access.js';
import { Outage } from '../../../src/domain/errors.js';
import { createContext, type Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { principal } from '../../helpers/access/principals.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { cacheAvailable, smallCache } from '../../helpers/elasticache/cache-clusters.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { startElastiCache } from '../../helpers/elasticache/local-elasticache.js';
import { pointedAt } from '../../helpers/elasticache/scripted-elasticache.js';
import { eventually } from '../../helpers/run/eventually.js';
import { testLog } from '../../helpers/run/test-log.js';

const errors = 'userErrors { code message path }';

/** The schema on a local endpoint without processes, with the cache cluster `cache`. */
async function openApi() {
  const local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, Tags: [{ Key: 'team', Value: 'a' }] });
  await cacheAvailable(client, 'cache');
  const controlPlane = pointedAt(local.url);
  const api = createControlPlaneApi(controlPlane);
  const answer = async (document: string): Promise<any> => {
    const result = await api.run(document);
    expect(result.errors).toBeUndefined();
    return result.data;
  };
  const available = () =>
    eventually(async () =>
      expect(await answer('{ cluster(name: "cache") { status } }')).toEqual({ cluster: { status: 'AVAILABLE' } }),
    );
  return {
    ...{ api, client, answer, available },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      controlPlane.close();
      await local[Symbol.asyncDispose]();
    },
  };
}

test('a cache cluster is a cluster of one node', async () => {
  await using opened = await openApi();
  const data = await opened.answer(`{ clusters { nodes {
    id name source status engine engineVersion nodeType clusterMode description arn
    shards { name slots primary { id name role status availabilityZone } replicas { name } }
    nodes { name } readerEndpoint { port } configurationEndpoint { port }
    automaticFailover multiAz transitEncryption authTokenEnabled parameterGroup subnetGroup snapshotWindow
    tags { key value } allowedNodeTypes { scaleUp } allowedEngineVersions { version } statusReason
    events { nodes { source sourceName message } }
    pendingChanges { nodeType }
  } } }`);
  expect(data.clusters.nodes).toHaveLength(1);
  const [cluster] = data.clusters.nodes;
  expect(cluster).toMatchObject({
    name: 'cache',
    source: 'ELASTICACHE',
    status: 'AVAILABLE',
    engine: 'REDIS',
    engineVersion: '7.1',
    clusterMode: 'DISABLED',
    description: null,
    arn: 'arn:aws:elasticache:us-east-1:000000000000:cluster:cache',
    shards: [{ name: '0001', slots: null, primary: { name: 'cache', role: 'PRIMARY' }, replicas: [] }],
    nodes: [{ name: 'cache' }],
    readerEndpoint: null,
    configurationEndpoint: null,
    automaticFailover: 'DISABLED',
    multiAz: false,
    transitEncryption: 'DISABLED',
    parameterGroup: 'default.redis7',
    tags: [{ key: 'team', value: 'a' }],
    pendingChanges: null,
  });
  expect(cluster.allowedNodeTypes.scaleUp).toContain('cache.t3.medium');
  expect(cluster.events.nodes.map((event: any) => event.message)).toContain('Cache cluster created');
  const found = await opened.answer(
    `{ node(id: "${cluster.shards[0].primary.id}") { id } again: node(id: "${cluster.id}") { id } }`,
  );
  expect(found).toEqual({ node: { id: cluster.shards[0].primary.id }, again: { id: cluster.id } });
});

test.each([
  ['setReplicaCount(input: { cluster: "cache", replicasPerShard: 1 })', ['input', 'cluster']],
  ['setShardCount(input: { cluster: "cache", shards: 2 })', ['input', 'cluster']],
  ['testFailover(input: { cluster: "cache", shard: "0001" })', ['input', 'cluster']],
  ['setAuthToken(input: { cluster: "cache", strategy: SET, token: "canary-auth-Token-123" })', ['input', 'cluster']],
  ['modifyCluster(input: { cluster: "cache", description: "x" })', ['input', 'description']],
  ['modifyCluster(input: { cluster: "cache", clusterMode: COMPATIBLE })', ['input', 'clusterMode']],
  ['modifyCluster(input: { cluster: "cache", transitEncryption: REQUIRED })', ['input', 'transitEncryption']],
  ['modifyCluster(input: { cluster: "cache", automaticFailover: true })', ['input', 'automaticFailover']],
  ['modifyCluster(input: { cluster: "cache", multiAz: true })', ['input', 'multiAz']],
  ['modifyCluster(input: { cluster: "cache", addUserGroupIds: ["staff"] })', ['input', 'addUserGroupIds']],
  ['modifyCluster(input: { cluster: "cache", engine: VALKEY, engineVersion: "8.0" })', undefined],
])('%s is NOT_SUPPORTED and changes nothing', async (mutation, path) => {
  await using opened = await openApi();
  const { result } = await opened.answer(`mutation { result: ${mutation} { ${errors} } }`);
  expect(result.userErrors).toMatchObject([{ code: 'NOT_SUPPORTED', ...(path && { path }) }]);
  await opened.available();
});

test('windows, versions, types, groups and snapshots of a cache cluster are changed', async () => {
  await using opened = await openApi();
  const { answer, available } = opened;
  const modified = await answer(`mutation { modifyCluster(input: {
    cluster: "Cache", nodeType: "cache.t3.medium", maintenanceWindow: "tue:06:30-tue:07:30", snapshotWindow: "02:00-03:00",
    snapshotRetentionDays: 2, securityGroupIds: ["sg-1"], autoMinorVersionUpgrade: false, automaticFailover: false,
    notificationTopicArn: "arn:aws:sns:us-east-1:000000000000:topic", applyImmediately: true
  }) { ${errors} cluster { name } } }`);
  expect(modified.modifyCluster).toEqual({ userErrors: [], cluster: { name: 'cache' } });
  await available();
  expect(
    await answer(`{ cluster(name: "cache") {
      nodeType maintenanceWindow snapshotWindow snapshotRetentionDays securityGroupIds autoMinorVersionUpgrade notificationTopicArn
    } }`),
  ).toEqual({
    cluster: {
      nodeType: 'cache.t3.medium',
      maintenanceWindow: 'tue:06:30-tue:07:30',
      snapshotWindow: '02:00-03:00',
      snapshotRetentionDays: 2,
      securityGroupIds: ['sg-1'],
      autoMinorVersionUpgrade: false,
      notificationTopicArn: 'arn:aws:sns:us-east-1:000000000000:topic',
    },
  });
  const made = await answer(
    `mutation { createSnapshot(input: { cluster: "cache", name: "hand" }) { snapshot { clusterName } ${errors} } }`,
  );
  expect(made.createSnapshot).toEqual({ snapshot: { clusterName: 'cache' }, userErrors: [] });
  await available();
  const removed = await answer(
    `mutation { deleteCluster(input: { cluster: "cache", finalSnapshot: "last" }) { cluster { status } ${errors} } }`,
  );
  expect(removed.deleteCluster).toEqual({ cluster: { status: 'DELETING' }, userErrors: [] });
  await eventually(async () =>
    expect(await answer('{ clusters { nodes { name } } }')).toEqual({ clusters: { nodes: [] } }),
  );
  expect(await answer('{ snapshots(cluster: "cache") { nodes { name status } } }')).toEqual({
    snapshots: {
      nodes: [
        { name: 'hand', status: 'AVAILABLE' },
        { name: 'last', status: 'AVAILABLE' },
      ],
    },
  });
});

test('tags of a cache cluster are changed by its ID and by its ARN', async () => {
  await using opened = await openApi();
  const { answer } = opened;
  const { cluster } = await answer('{ cluster(name: "cache") { id arn } }');
  const add = (reference: string, key: string) =>
    answer(
      `mutation { addTags(input: { resource: "${reference}", tags: [{ key: "${key}", value: "1" }] }) { tags { key } ${errors} } }`,
    );
  expect((await add(cluster.id, 'one')).addTags).toMatchObject({
    userErrors: [],
    tags: [{ key: 'team' }, { key: 'one' }],
  });
  expect((await add(cluster.arn, 'two')).addTags.userErrors).toEqual([]);
  expect(await answer('{ cluster(name: "cache") { tags { key } } }')).toEqual({
    cluster: { tags: [{ key: 'team' }, { key: 'one' }, { key: 'two' }] },
  });
});

test('the events and snapshots of nodes with names of their own belong to their clusters', async () => {
  await using opened = await openApi();
  const { client, answer } = opened;
  // By its name alone it would be a node of the cluster "orders".
  await client.createCacheCluster({ ...smallCache, CacheClusterId: 'orders-007' });
  await client.createReplicationGroup({
    ReplicationGroupId: 'orders',
    ReplicationGroupDescription: 'Orders',
    Engine: 'valkey',
    CacheNodeType: 'cache.t3.small',
  });
  await cacheAvailable(client, 'orders-007');
  await cacheAvailable(client, 'orders-001');
  await client.createCacheCluster({ CacheClusterId: 'reader', ReplicationGroupId: 'orders' });
  await cacheAvailable(client, 'reader');
  await client.createSnapshot({ CacheClusterId: 'orders-007', SnapshotName: 'one' });
  await client.createSnapshot({ CacheClusterId: 'reader', SnapshotName: 'two' });
  await cacheAvailable(client, 'orders-007');
  await cacheAvailable(client, 'reader');
  const { clusters, snapshots } = await answer(
    '{ clusters { nodes { name events { nodes { source sourceName } } } } snapshots { nodes { name clusterName } } }',
  );
  const sources = Object.fromEntries(
    clusters.nodes.map(({ name, events }: any) => [
      name,
      [...new Set(events.nodes.flatMap((event: any) => (event.source === 'NODE' ? [event.sourceName] : [])))].sort(),
    ]),
  );
  expect(sources).toEqual({ cache: ['cache'], orders: ['orders-001', 'reader'], 'orders-007': ['orders-007'] });
  expect(snapshots.nodes).toEqual([
    { name: 'one', clusterName: 'orders-007' },
    { name: 'two', clusterName: 'orders' },
  ]);
});

test('permissions in a cluster do not reach a cache cluster whose name is like those of its nodes', async () => {
  await using local = await startElastiCache(createFakeFleet());
  const { client } = local;
  await client.createCacheCluster({ ...smallCache, CacheClusterId: 'orders-007' });
  await cacheAvailable(client, 'orders-007');
  await client.createSnapshot({ CacheClusterId: 'orders-007', SnapshotName: 'one' });
  await cacheAvailable(client, 'orders-007');
  const controlPlane = pointedAt(local.url);
  const askAs = async (cluster: string) => {
    const operations = ['clusters:read', 'clusters:admin'];
    const access = createAccess([{ operations, clusters: [cluster], keys: [], channels: [], groups: [] }]);
    const contextValue = createContext({ controlPlane } as unknown as Services, {
      ...{ requestId: 'test', log: testLog(), principal: principal('caller', access) },
      signal: new AbortController().signal,
    });
    const arn = 'arn:aws:elasticache:us-east-1:000000000000:cluster:orders-007';
    const read = '{ events { nodes { sourceName } } snapshots { nodes { name } } }';
    const tag = `mutation { addTags(input: { resource: "${arn}", tags: [{ key: "a", value: "b" }] }) { ${errors} } }`;
    const { data } = await graphql({ schema, source: read, contextValue });
    const tagged = await graphql({ schema, source: tag, contextValue });
    const { events, snapshots } = data as any;
    const refusal = tagged.errors?.[0]?.originalError;
    return {
      events: events.nodes.length > 0,
      snapshots: snapshots.nodes.length,
      tagged: refusal instanceof Outage ? refusal.code : (tagged.data as any).addTags.userErrors,
    };
  };
  expect(await askAs('orders')).toEqual({ events: false, snapshots: 0, tagged: 'FORBIDDEN' });
  expect(await askAs('orders-007')).toEqual({ events: true, snapshots: 1, tagged: [] });
  controlPlane.close();
});

test('a cache cluster that could not be created has a status reason', async () => {
  const fleet = createFakeFleet();
  await using local = await startElastiCache(fleet);
  fleet.failNextStart('no port is free');
  await local.client.createCacheCluster(smallCache);
  const controlPlane = pointedAt(local.url);
  await using api = createControlPlaneApi(controlPlane);
  await eventually(async () => {
    const { data } = await api.run('{ cluster(name: "cache") { status statusReason } }');
    expect(data).toEqual({
      cluster: { status: 'CREATE_FAILED', statusReason: 'Failed to create cache cluster cache: no port is free' },
    });
  });
  controlPlane.close();
});

test('a replication group hides a cache cluster of the same ID', async () => {
  await using opened = await openApi();
  await opened.client.createReplicationGroup({
    ReplicationGroupId: 'cache',
    ReplicationGroupDescription: 'Group',
    Engine: 'valkey',
    CacheNodeType: 'cache.t3.small',
  });
  const { clusters } = await opened.answer('{ clusters { nodes { name engine description } } }');
  expect(clusters.nodes).toEqual([{ name: 'cache', engine: 'VALKEY', description: 'Group' }]);
});

test('createCluster does not hide a cache cluster of the same name', async () => {
  await using opened = await openApi();
  const create = (more: string) =>
    opened.answer(
      `mutation { createCluster(input: { name: "Cache" ${more} }) { created cluster { engine } ${errors} } }`,
    );
  expect((await create('')).createCluster).toMatchObject({
    created: null,
    userErrors: [{ code: 'ALREADY_EXISTS', path: ['input', 'name'] }],
  });
  expect((await create('ifNotExists: true')).createCluster).toEqual({
    created: false,
    cluster: { engine: 'REDIS' },
    userErrors: [],
  });
});

test('changes of a cache cluster are reported until it is deleted', async () => {
  await using opened = await openApi();
  const changes = await opened.api.subscribe(
    'subscription { clusterChanges(cluster: "cache") { reason cluster { status nodeType } } }',
  );
  const next = async () => (await changes.next()).value.data.clusterChanges;
  expect(await next()).toMatchObject({ reason: 'INITIAL', cluster: { status: 'AVAILABLE' } });
  await opened.answer(`mutation { deleteCluster(input: { cluster: "cache" }) { ${errors} } }`);
  let last = await next();
  while (last.reason !== 'DELETED') last = await next();
  expect(last.cluster.nodeType).toBe('cache.t3.small');
  await changes.return?.();
});
