import { expect, test } from 'vitest';
import { createClusterDirectory } from '../../../../src/datasources/elasticache/watch/cluster-directory.js';
import type { Cluster } from '../../../../src/domain/cluster/cluster.js';
import { Outage } from '../../../../src/domain/errors.js';
import { eventually } from '../../../helpers/run/eventually.js';
import { aCluster, createFakeControlPlane } from '../../../helpers/elasticache/fake-control-plane.js';

const never = new AbortController().signal;
const creating = (differing: Partial<Cluster> = {}) =>
  aCluster('a', { status: 'CREATING', primaryEndpoint: null, ...differing });

function waitingFor(cluster: Cluster) {
  const controlPlane = createFakeControlPlane({ clusters: [cluster] });
  return { controlPlane, directory: createClusterDirectory({ controlPlane }) };
}

test('all waits for clusters share their reads', async () => {
  const { controlPlane, directory } = waitingFor(creating());
  const all = Promise.all(Array.from({ length: 100 }, () => directory.whenUsable(creating(), never)));
  await eventually(() => expect(controlPlane.calls).toHaveLength(2));
  controlPlane.state.clusters = [aCluster('a')];
  expect(new Set((await all).map(({ status }) => status))).toEqual(new Set(['AVAILABLE']));
  expect(controlPlane.calls.length).toBeLessThan(6);
});

test('a wait ends with the result of a read by another operation', async () => {
  const { controlPlane, directory } = waitingFor(creating());
  const usable = directory.whenUsable(creating(), never);
  controlPlane.state.clusters = [aCluster('a')];
  await controlPlane.clusters();
  expect(await usable).toMatchObject({ status: 'AVAILABLE' });
  expect(controlPlane.calls).toEqual(['clusters']);
});

test('a wait covers a cluster whose nodes are restarting, but not one that is modified while it is available', async () => {
  const starting = creating({ status: 'MODIFYING' });
  const { controlPlane, directory } = waitingFor(starting);
  const usable = directory.whenUsable(starting, never);
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(1));
  controlPlane.state.clusters = [aCluster('a', { status: 'MODIFYING' })];
  expect(await usable).toMatchObject({ status: 'MODIFYING' });
});

test.each([
  ['is deleted', [], 'NOT_FOUND', 'deleted'],
  ['is being deleted', [creating({ status: 'DELETING' })], 'INVALID_STATE', 'DELETING'],
  ['could not be created', [creating({ status: 'CREATE_FAILED' })], 'INVALID_STATE', 'CREATE_FAILED'],
  ['was created again', [creating({ createdAt: new Date('2026-01-02T00:00:00Z') })], 'NOT_FOUND', 'deleted'],
] as const)('a wait ends with an error that explains that the cluster %s', async (_how, clusters, code, word) => {
  const { controlPlane, directory } = waitingFor(creating());
  const refused = expect(directory.whenUsable(creating(), never)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(word) as string,
  });
  controlPlane.state.clusters = [...clusters];
  await refused;
});

test('a wait continues while the control plane is unavailable', async () => {
  const { controlPlane, directory } = waitingFor(creating());
  const usable = directory.whenUsable(creating(), never);
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'Nobody answers.');
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(1));
  controlPlane.state.clusters = [aCluster('a')];
  controlPlane.failure = undefined;
  expect(await usable).toMatchObject({ status: 'AVAILABLE' });
});

test('a wait ends when its signal aborts, with an error that names the cluster, and causes no further read', async () => {
  const { controlPlane, directory } = waitingFor(creating());
  const ending = new AbortController();
  const usable = directory.whenUsable(creating(), ending.signal);
  ending.abort();
  await expect(usable).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: expect.stringContaining('CREATING') as string,
  });
  await expect(directory.whenUsable(creating(), ending.signal)).rejects.toMatchObject({ code: 'TIMEOUT' });
  const shutDown = AbortSignal.abort(new Outage('SHUTTING_DOWN', 'The server is shutting down.'));
  await expect(directory.whenUsable(creating(), shutDown)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  expect(controlPlane.calls).toEqual([]);
});

test('a caller without a signal receives immediately an error that the cluster is CREATING', async () => {
  const { directory } = waitingFor(creating());
  await expect(directory.whenUsable(creating(), undefined)).rejects.toMatchObject({ code: 'CLUSTER_UNAVAILABLE' });
});

test('a cluster that was just created need not be listed yet', async () => {
  const controlPlane = createFakeControlPlane();
  const directory = createClusterDirectory({ controlPlane });
  const available = directory.whenAvailable('A', { signal: never, timeoutMs: 60_000 });
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(1));
  controlPlane.state.clusters = [creating()];
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(3));
  controlPlane.state.clusters = [aCluster('a')];
  await available;
});

test('the directory uses every result that was read, and reads again for a cluster that may have changed', async () => {
  const { controlPlane, directory } = waitingFor(creating());
  expect(await directory.find('a')).toMatchObject({ status: 'CREATING' });
  controlPlane.state.clusters = [aCluster('a')];
  expect(await directory.find('a')).toMatchObject({ status: 'AVAILABLE', primaryEndpoint: { port: 6379 } });
  controlPlane.state.clusters = [aCluster('a', { description: 'new words' })];
  await controlPlane.clusters();
  const looks = controlPlane.calls.length;
  expect(await directory.find('A')).toMatchObject({ description: 'new words' });
  expect(directory.recall('A')).toMatchObject({ description: 'new words' });
  expect(controlPlane.calls).toHaveLength(looks);
});

test('the directory ignores a read that started before a write', async () => {
  const { controlPlane, directory } = waitingFor(aCluster('a'));
  const before = controlPlane.clusters();
  await controlPlane.deleteCluster({ cluster: 'a' });
  await before;
  await expect(directory.find('a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
