import { expect, test, vi } from 'vitest';
import { createClusterWatch } from '../../../src/datasources/elasticache/watch/cluster-watch.js';
import type { Services } from '../../../src/resolvers/shared/context.js';
import { schema } from '../../../src/schema/schema.js';
import { startApiServer } from '../../../src/server/server.js';
import { aCluster, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, subscribe } from '../../helpers/clients/graphql-client.js';
import { listen } from '../../helpers/clients/event-stream.js';
import { realtimeOn } from '../../helpers/valkey/realtime.js';
import { startValkey } from '../../helpers/valkey/valkey.js';
import { trustingNames } from '../../helpers/access/principals.js';
import { testLog } from '../../helpers/run/test-log.js';

/** The API's schema on a real Valkey. The cluster's name is `orders`. */
async function startApi() {
  const log = testLog();
  const server = await startValkey();
  const realtime = realtimeOn(server);
  const { connections } = realtime;
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('orders')] });
  const clusterWatch = createClusterWatch({ controlPlane, connections, log, fastMs: 20, slowMs: 100 });
  const services = { controlPlane, clusterWatch, connections, realtime } as unknown as Services;
  const api = await startApiServer({ schema, services, log, host: '127.0.0.1', port: 0, authenticator: trustingNames });
  return {
    server,
    controlPlane,
    url: api.url,
    async [Symbol.asyncDispose]() {
      await api.close();
      await clusterWatch.close();
      await realtime[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
type Api = Awaited<ReturnType<typeof startApi>>;

const perPrincipal = 25;

/** Subscribes 100 times as four callers over sockets and twice over event streams. Counts the executions of the root field. */
async function subscribeAll(api: Api, query: string, fieldName: string) {
  const clients = ['a', 'b', 'c', 'd'].map((key) => connect(api.url, { headers: { authorization: key } }));
  const field = schema.getSubscriptionType()!.getFields()[fieldName]!;
  const resolve = vi.spyOn(field, 'resolve');
  const sockets = clients.flatMap((client) => Array.from({ length: perPrincipal }, () => subscribe(client, query)));
  const url = `${api.url}?query=${encodeURIComponent(query)}`;
  const streams = await Promise.all(['e', 'f'].map((key) => listen(url, { authorization: key })));
  return {
    executions: () => resolve.mock.calls.length,
    /** The next result of each subscription. */
    next: (): Promise<unknown[]> => Promise.all([...sockets, ...streams].map(async (each) => (await each.next()).data)),
    async [Symbol.asyncDispose]() {
      resolve.mockRestore();
      for (const stream of streams) await stream[Symbol.asyncDispose]();
      for (const client of clients) await client.dispose();
    },
  };
}
const everyone = (value: unknown): unknown[] => Array<unknown>(4 * perPrincipal + 2).fill(value);

test('messages of a channel are executed once for all callers', async () => {
  await using api = await startApi();
  const query =
    'subscription { channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } gap { missed } } }';
  await using all = await subscribeAll(api, query, 'channelMessages');
  await eventually(async () => {
    expect(String(await api.server.command('PUBSUB', 'NUMSUB', 'news'))).toBe('news,1');
  });
  for (const [count, payload] of ['one', 'two'].entries()) {
    await api.server.command('PUBLISH', 'news', payload);
    expect(await all.next()).toEqual(everyone({ channelMessages: { messages: [{ payload }], gap: null } }));
    expect(all.executions()).toBe(count + 1);
  }
});

test('entries of a stream are executed once for all callers', async () => {
  await using api = await startApi();
  await api.server.command('XADD', 'jobs', '1-1', 'n', '1');
  const query =
    'subscription { streamEntries(cluster: "orders", stream: "jobs", after: "0") { entries { entryId json } } }';
  await using all = await subscribeAll(api, query, 'streamEntries');
  const entry = (entryId: string, n: string) => ({ streamEntries: { entries: [{ entryId, json: { n } }] } });
  expect(await all.next()).toEqual(everyone(entry('1-1', '1')));
  const before = all.executions();
  await api.server.command('XADD', 'jobs', '2-1', 'n', '2');
  expect(await all.next()).toEqual(everyone(entry('2-1', '2')));
  expect(all.executions()).toBe(before + 1);
});

test('changes of clusters are executed once for all callers if no selected field depends on the caller', async () => {
  await using api = await startApi();
  const query = 'subscription { clusterChanges(cluster: "orders") { cluster { name status } } }';
  await using all = await subscribeAll(api, query, 'clusterChanges');
  await all.next();
  const before = all.executions();
  api.controlPlane.state.clusters = [aCluster('orders', { status: 'MODIFYING' })];
  expect(await all.next()).toEqual(everyone({ clusterChanges: { cluster: { name: 'orders', status: 'MODIFYING' } } }));
  expect(all.executions()).toBe(before + 1);
});

test('fields that depend on the caller are executed once for each caller', async () => {
  await using api = await startApi();
  const query = 'subscription { clusterChanges(cluster: "orders") { cluster { status tags { key } } } }';
  await using all = await subscribeAll(api, query, 'clusterChanges');
  await all.next();
  const before = all.executions();
  api.controlPlane.state.clusters = [aCluster('orders', { status: 'MODIFYING' })];
  await all.next();
  expect(all.executions()).toBe(before + 6);
});

test('consumers of a group share their operation but none of its entries', async () => {
  await using api = await startApi();
  await api.server.command('XGROUP', 'CREATE', 'jobs', 'workers', '$', 'MKSTREAM');
  await using client = connect(api.url, { headers: { authorization: 'a' } });
  const query =
    'subscription ($consumer: String!) { groupEntries(cluster: "orders", stream: "jobs", group: "workers", consumer: $consumer, maxInFlight: 1) { entries { entry { json } } } }';
  await using first = subscribe(client, query, { consumer: 'first' });
  await using second = subscribe(client, query, { consumer: 'second' });
  await eventually(async () => {
    expect(await api.server.command('XINFO', 'CONSUMERS', 'jobs', 'workers')).toHaveLength(2);
  });
  for (const n of ['1', '2']) await api.server.command('XADD', 'jobs', '*', 'n', n);
  const results = await Promise.all([first.next(), second.next()]);
  const numbers = results.flatMap(({ data }) =>
    data!['groupEntries'].entries.map(({ entry }: any) => entry.json.n as string),
  );
  expect(numbers.toSorted()).toEqual(['1', '2']);
});
