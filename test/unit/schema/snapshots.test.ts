import { expect, test } from 'vitest';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { aCluster, aSnapshot, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';

const errors = 'userErrors { code message path }';

test('a hundred clusters with their snapshots need one describe of each kind', async () => {
  const names = Array.from({ length: 100 }, (_, number) => `c-${number}`);
  const controlPlane = createFakeControlPlane({
    clusters: names.map((name) => aCluster(name)),
    snapshots: names.flatMap((clusterName) => [
      aSnapshot(`${clusterName}-a`, { clusterName }),
      aSnapshot(`${clusterName}-b`, { clusterName, source: 'AUTOMATED' }),
    ]),
  });
  await using api = createControlPlaneApi(controlPlane);
  const { data, errors: failures } = await api.run(`{
    clusters(first: 100) { nodes { name snapshots(first: 1) { nodes { name cluster { name } } pageInfo { hasNextPage } } } }
    snapshots(source: AUTOMATED, cluster: "C-7") { nodes { name status sizeBytes } }
    snapshot(name: "C-7-A") { id clusterName source }
  }`);
  expect(failures).toBeUndefined();
  const { nodes } = data?.['clusters'] as { nodes: object[] };
  expect(nodes).toHaveLength(100);
  expect(nodes[0]).toEqual({
    name: 'c-0',
    snapshots: { nodes: [{ name: 'c-0-a', cluster: { name: 'c-0' } }], pageInfo: { hasNextPage: true } },
  });
  expect(data).toMatchObject({
    snapshots: { nodes: [{ name: 'c-7-b', status: 'AVAILABLE', sizeBytes: 1024 * 1024 }] },
    snapshot: { id: Buffer.from('Snapshot:c-7-a').toString('base64'), clusterName: 'c-7', source: 'MANUAL' },
  });
  expect(controlPlane.calls.toSorted()).toEqual(['clusters', 'snapshots']);
});

test.each([
  ['createSnapshot(input: { cluster: "none", name: "a" })', 'NOT_FOUND', ['input', 'cluster']],
  ['createSnapshot(input: { cluster: "orders", name: "a--b" })', 'INVALID_INPUT', ['input', 'name']],
  [
    'createSnapshot(input: { cluster: "orders", name: "a", tags: [{ key: "aws:x", value: "" }] })',
    'INVALID_INPUT',
    ['input', 'tags', '0', 'key'],
  ],
  ['copySnapshot(input: { snapshot: "none", name: "a" })', 'NOT_FOUND', ['input', 'snapshot']],
  ['copySnapshot(input: { snapshot: "nightly", name: "1" })', 'INVALID_INPUT', ['input', 'name']],
  ['deleteSnapshot(input: { snapshot: "none" })', 'NOT_FOUND', ['input', 'snapshot']],
  ['createCluster(input: { name: "b", snapshot: "none" })', 'NOT_FOUND', ['input', 'snapshot']],
])('%s is refused', async (mutation, code, path) => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('orders')], snapshots: [aSnapshot('nightly')] });
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(`mutation { result: ${mutation} { ${errors} } }`);
  expect(data?.['result']).toMatchObject({ userErrors: [{ code, path }] });
  expect(controlPlane.calls.filter((call) => call !== 'clusters' && call !== 'snapshots')).toEqual([]);
});

test('a cluster is created from a snapshot, and without automatic snapshots', async () => {
  const controlPlane = createFakeControlPlane({ snapshots: [aSnapshot('nightly')] });
  await using api = createControlPlaneApi(controlPlane);
  await api.run(`mutation { createCluster(input: { name: "b", snapshot: "nightly" }) { ${errors} } }`);
  expect(controlPlane.created).toMatchObject([{ name: 'b', snapshot: 'nightly', snapshotRetentionDays: 0 }]);
});

test('a snapshot of a deleted cluster has no cluster', async () => {
  await using api = createControlPlaneApi(createFakeControlPlane({ snapshots: [aSnapshot('final')] }));
  const { data } = await api.run('{ snapshots { nodes { name clusterName cluster { name } } } }');
  expect(data).toEqual({ snapshots: { nodes: [{ name: 'final', clusterName: 'orders', cluster: null }] } });
});
