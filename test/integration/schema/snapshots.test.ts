import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAdmin } from '../../../src/local-elasticache/nodes/admin.js';
import { openAccessApi, type AccessApi } from '../../helpers/apis/access-api.js';
import { startLocalApi } from '../../helpers/apis/local-api.js';
import { eventually } from '../../helpers/run/eventually.js';

let access: AccessApi;
beforeAll(async () => {
  access = await openAccessApi();
});
afterAll(() => access[Symbol.asyncDispose]());

const errors = 'userErrors { code message path }';

test('snapshots of clusters that the caller may not read are left out and cannot be changed', async () => {
  const grants = [{ operations: ['clusters:read', 'clusters:admin'] as const, clusters: ['orders'] }];
  const { data } = await access.ask(
    grants,
    '{ snapshots { nodes { name } } nightly: snapshot(name: "nightly") { name } hidden: snapshot(name: "hidden") { name } }',
  );
  expect(data).toEqual({ snapshots: { nodes: [{ name: 'nightly' }] }, nightly: { name: 'nightly' }, hidden: null });
  const listed = await access.ask(grants, '{ snapshots(cluster: "private") { nodes { name } } }');
  expect(listed.errors[0]!.code).toBe('FORBIDDEN');
  for (const mutation of [
    'deleteSnapshot(input: { snapshot: "hidden" })',
    'copySnapshot(input: { snapshot: "hidden", name: "mine" })',
    'createCluster(input: { name: "orders", snapshot: "hidden" })',
  ]) {
    const answer = await access.ask(grants, `mutation { result: ${mutation} { ${errors} } }`);
    expect(answer.data.result.userErrors).toMatchObject([{ code: 'NOT_FOUND', path: ['input', 'snapshot'] }]);
  }
});

test('a snapshot contains data, so that restoring or copying it requires clusters:admin on its cluster', async () => {
  const grants = [
    { operations: ['clusters:read'] as const, clusters: ['orders'] },
    { operations: ['clusters:admin', 'clusters:read'] as const, clusters: ['mine'] },
  ];
  for (const mutation of [
    'copySnapshot(input: { snapshot: "nightly", name: "mine" })',
    'createCluster(input: { name: "mine", snapshot: "nightly" })',
    'deleteSnapshot(input: { snapshot: "nightly" })',
    'createSnapshot(input: { cluster: "orders", name: "mine" })',
  ]) {
    const answer = await access.ask(grants, `mutation { result: ${mutation} { ${errors} } }`);
    expect(answer.errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  }
});

test('a cluster is saved, deleted and restored with another number of shards', { timeout: 60_000 }, async () => {
  await using api = await startLocalApi();
  const available = (name: string) =>
    eventually(async () => {
      const { data } = await api.run(`{ cluster(name: "${name}") { status } }`);
      expect(data).toEqual({ cluster: { status: 'AVAILABLE' } });
    }, 20_000);
  await api.run('mutation { createCluster(input: { name: "orders", replicasPerShard: 0 }) { created } }');
  await available('orders');
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const endpoints = async (name: string): Promise<{ host: string; port: number }[]> => {
    const { data } = await api.run(`{ cluster(name: "${name}") { shards { primary { endpoint { host port } } } } }`);
    const { shards } = data?.['cluster'] as { shards: { primary: { endpoint: { host: string; port: number } } }[] };
    return shards.map(({ primary }) => primary.endpoint);
  };
  {
    await using node = await openAdmin((await endpoints('orders'))[0]!);
    for (const number of numbers) await node.command('SET', `k${number}`, `v${number}`);
  }
  const made = await api.run(`mutation {
    createSnapshot(input: { cluster: "orders", name: "Nightly", tags: [{ key: "a", value: "b" }] }) {
      snapshot { name status clusterName tags { key value } } ${errors}
    }
  }`);
  expect(made.data).toEqual({
    createSnapshot: {
      snapshot: { name: 'nightly', status: 'CREATING', clusterName: 'orders', tags: [{ key: 'a', value: 'b' }] },
      userErrors: [],
    },
  });
  const again = `mutation { createSnapshot(input: { cluster: "orders", name: "nightly" }) { ${errors} } }`;
  await available('orders');
  expect((await api.run(again)).data).toMatchObject({
    createSnapshot: { userErrors: [{ code: 'ALREADY_EXISTS', path: ['input', 'name'] }] },
  });
  const copied = await api.run(`mutation { copySnapshot(input: { snapshot: "nightly", name: "kept" }) { ${errors} } }`);
  expect(copied.data).toEqual({ copySnapshot: { userErrors: [] } });
  const misnamed = await api.run(
    `mutation { deleteCluster(input: { cluster: "orders", finalSnapshot: "a_b" }) { ${errors} } }`,
  );
  expect(misnamed.data).toMatchObject({
    deleteCluster: { userErrors: [{ code: 'INVALID_INPUT', path: ['input', 'finalSnapshot'] }] },
  });
  await api.run(`mutation { deleteCluster(input: { cluster: "orders", finalSnapshot: "final" }) { ${errors} } }`);
  await eventually(async () => {
    const { data } = await api.run(
      '{ cluster(name: "orders") { name } snapshots { nodes { name status cluster { name } } } }',
    );
    const of = (name: string) => ({ name, status: 'AVAILABLE', cluster: null });
    expect(data).toEqual({ cluster: null, snapshots: { nodes: [of('final'), of('kept'), of('nightly')] } });
  }, 20_000);

  const restored = await api.run(`mutation {
    createCluster(input: { name: "again", snapshot: "final", clusterMode: ENABLED, shards: 2, replicasPerShard: 0 }) { ${errors} }
  }`);
  expect(restored.data).toEqual({ createCluster: { userErrors: [] } });
  await available('again');
  const found: unknown[] = [];
  for (const endpoint of await endpoints('again')) {
    await using node = await openAdmin(endpoint);
    const own = (await node.command('KEYS', '*')) as string[];
    for (const key of own) found.push([key, await node.command('GET', key)]);
  }
  expect(new Map(found as [string, string][])).toEqual(new Map(numbers.map((number) => [`k${number}`, `v${number}`])));
  expect(found).toHaveLength(numbers.length);
  const deleted = await api.run(
    `mutation { deleteSnapshot(input: { snapshot: "final" }) { snapshot { status } ${errors} } }`,
  );
  expect(deleted.data).toEqual({ deleteSnapshot: { snapshot: { status: 'DELETING' }, userErrors: [] } });
});
