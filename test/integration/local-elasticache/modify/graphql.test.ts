import { expect, it } from 'vitest';
import { startCachegraph } from '../../../helpers/apis/cachegraph.js';
import { change } from '../../../helpers/apis/key-writers.js';
import { connect, data } from '../../../helpers/clients/graphql-client.js';
import { eventually } from '../../../helpers/run/eventually.js';

const fields =
  'status nodeType engineVersion description pendingChanges { nodeType engineVersion clusterMode primaryNode }';

it('shows changes that wait as pendingChanges, in clusterChanges too, until a change is applied immediately', async () => {
  await using api = await startCachegraph();
  await change(
    api,
    'createCluster(input: { name: "orders", engineVersion: "7.2", nodeType: "cache.t3.small", waitSeconds: 30 })',
  );
  await using subscriber = connect(api.url);
  const changes = subscriber.iterate({
    query: `subscription { clusterChanges(cluster: "orders") { cluster { ${fields} } } }`,
  });
  const seen: any[] = [];
  const watching = (async () => {
    for await (const { data: event } of changes) seen.push((event as any).clusterChanges.cluster);
  })();

  await change(
    api,
    'modifyCluster(input: { cluster: "orders", nodeType: "cache.t3.medium", engineVersion: "8.0", applyImmediately: false })',
  );
  const waiting = {
    ...{ status: 'AVAILABLE', nodeType: 'cache.t3.small', engineVersion: '7.2' },
    pendingChanges: { nodeType: 'cache.t3.medium', engineVersion: '8.0', clusterMode: null, primaryNode: null },
  };
  expect((await data(api.url, `{ cluster(name: "orders") { ${fields} } }`)).cluster).toMatchObject(waiting);
  await eventually(() => expect(seen.at(-1)).toMatchObject(waiting));

  await change(api, 'modifyCluster(input: { cluster: "orders", description: "Orders of all shops" })');
  const applied = {
    ...{ status: 'AVAILABLE', nodeType: 'cache.t3.medium', engineVersion: '8.0' },
    ...{ description: 'Orders of all shops', pendingChanges: null },
  };
  await eventually(() => expect(seen.at(-1)).toEqual(applied), 60_000);
  expect(seen.map(({ status }) => status)).toContain('MODIFYING');
  const { cluster } = await data(
    api.url,
    '{ cluster(name: "orders") { allowedNodeTypes { scaleUp scaleDown } events(first: 20) { nodes { message } } } }',
  );
  expect(cluster.allowedNodeTypes.scaleDown).toContain('cache.t3.small');
  expect(cluster.allowedNodeTypes.scaleUp).toContain('cache.m7g.large');
  expect(cluster.events.nodes.map(({ message }: any) => message)).toContain(
    'Succeeded applying modification to cache node type to cache.t3.medium.',
  );
  await changes.return?.();
  await watching;
}, 120_000);

it('refuses what ElastiCache refuses, as an error of the user', async () => {
  await using api = await startCachegraph();
  await change(
    api,
    'createCluster(input: { name: "orders", engineVersion: "8.0", nodeType: "cache.t3.small", waitSeconds: 30 })',
  );
  const refusal = async (input: string) => {
    const { modifyCluster } = await data(
      api.url,
      `mutation { modifyCluster(input: { cluster: "orders", ${input} }) { userErrors { code message } } }`,
    );
    return modifyCluster.userErrors;
  };
  expect(await refusal('engineVersion: "7.2"')).toEqual([
    { code: 'INVALID_INPUT', message: 'Cannot modify valkey from 8.0 to 7.2.' },
  ]);
  expect(await refusal('engine: REDIS, engineVersion: "7.1", applyImmediately: false')).toEqual([
    { code: 'INVALID_INPUT', message: 'Cannot modify valkey from 8.0 to redis 7.1.' },
  ]);
  expect(await refusal('nodeType: "cache.r6gd.xlarge"')).toMatchObject([{ code: 'INVALID_INPUT' }]);
}, 60_000);
