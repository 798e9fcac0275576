import { expect, test } from 'vitest';
import { createClusterDirectory } from '../../../../src/datasources/elasticache/watch/cluster-directory.js';
import { withConfiguredClusters } from '../../../../src/datasources/elasticache/resources/clusters/configured-clusters.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { aCluster, createFakeControlPlane } from '../../../helpers/elasticache/fake-control-plane.js';

const configured = {
  name: 'own',
  endpoint: { host: 'valkey.example', port: 6379 },
  clusterMode: 'ENABLED',
  tls: true,
} as const;

test('configured clusters are listed with those of ElastiCache, and hide those of the same name', async () => {
  const controlPlane = withConfiguredClusters(
    createFakeControlPlane({ clusters: [aCluster('managed'), aCluster('own')] }),
    [configured],
  );
  expect(await controlPlane.clusters()).toMatchObject([
    { name: 'own', source: 'CONFIGURATION', transitEncryption: 'REQUIRED', configurationEndpoint: configured.endpoint },
    { name: 'managed', source: 'ELASTICACHE' },
  ]);
});

test('the database of a cluster is the one that the configuration sets, of an ElastiCache cluster too, or 0', async () => {
  const elastiCache = createFakeControlPlane({ clusters: [aCluster('managed'), aCluster('other')] });
  const controlPlane = withConfiguredClusters(elastiCache, [{ ...configured, database: 2 }], undefined, (name) =>
    name === 'managed' ? 5 : undefined,
  );
  const seen: (readonly number[])[] = [];
  controlPlane.onClusters(({ clusters }) => seen.push(clusters.map(({ database }) => database)));
  expect((await controlPlane.clusters()).map(({ database }) => database)).toEqual([2, 5, 0]);
  expect(seen).toEqual([[2, 5, 0]]);
});

test('a configured cluster cannot be deleted, and no cluster with its name can be created', async () => {
  const elastiCache = createFakeControlPlane();
  const controlPlane = withConfiguredClusters(elastiCache, [configured]);
  const notSupported = { code: 'NOT_SUPPORTED', inputPath: ['input', 'cluster'] };
  await expect(controlPlane.deleteCluster({ cluster: 'OWN' })).rejects.toMatchObject(notSupported);
  await expect(controlPlane.testFailover({ cluster: 'own', shard: '0001' })).rejects.toMatchObject(notSupported);
  expect(elastiCache.calls).toEqual([]);
});

test('without ElastiCache, every write is refused and reads return only the configured clusters', async () => {
  const controlPlane = withConfiguredClusters(null, [configured]);
  expect(await controlPlane.clusters()).toHaveLength(1);
  expect(await controlPlane.users()).toEqual([]);
  await expect(controlPlane.deleteUser({ userId: 'alice' })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
});

test('the directory answers many lookups with one read, and reads again after a while or a write', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  let time = 0;
  const directory = createClusterDirectory({ controlPlane, maxAgeMs: 500, now: () => time });
  const found = await Promise.all(Array.from({ length: 50 }, () => directory.find('A')));
  expect(found.every(({ name }) => name === 'a')).toBe(true);
  expect(controlPlane.calls).toEqual(['clusters']);
  time = 501;
  await directory.find('a');
  await controlPlane.deleteCluster({ cluster: 'a' });
  await expect(directory.find('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('the directory reads once more for a cluster that another client has just created', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const directory = createClusterDirectory({ controlPlane, now: () => 0 });
  await directory.find('a');
  controlPlane.state.clusters.push(aCluster('b'));
  expect(await directory.find('b')).toMatchObject({ name: 'b' });
});

test('the directory does not cache a failure', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const directory = createClusterDirectory({ controlPlane, now: () => 0 });
  controlPlane.failure = new Error('out');
  await expect(directory.find('a')).rejects.toThrow('out');
  controlPlane.failure = undefined;
  expect(await directory.find('a')).toMatchObject({ name: 'a' });
});

test('the directory recalls old results, and reads again in the background', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  let time = 0;
  const directory = createClusterDirectory({ controlPlane, now: () => time });
  expect(directory.recall('a')).toBeUndefined();
  await directory.find('a');
  time = 3_600_000;
  controlPlane.failure = new Error('out');
  expect(directory.recall('A')).toMatchObject({ name: 'a' });
  await eventually(() => expect(controlPlane.calls).toHaveLength(2));
  expect(directory.recall('a')).toMatchObject({ name: 'a' });
  expect(controlPlane.calls).toHaveLength(2);
  controlPlane.failure = undefined;
  controlPlane.state.clusters = [];
  time += 1_000;
  await eventually(() => expect(directory.recall('a')).toBeUndefined());
});

test('the directory recalls no result from before a write of this process', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const directory = createClusterDirectory({ controlPlane });
  await directory.find('a');
  await controlPlane.deleteCluster({ cluster: 'a' });
  expect(directory.recall('a')).toBeUndefined();
});
