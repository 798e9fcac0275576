import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { data, post } from '../../helpers/clients/graphql-client.js';
import { scrape } from '../../helpers/run/scrape.js';
import { startLoad } from '../../helpers/clients/load.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startTcpProxy } from '../../helpers/valkey/tcp-proxy.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

const value = (cluster: string) => `{ cluster(name: "${cluster}") { key(name: "k") { ... on StringKey { value } } } }`;
const state = async (url: string, cluster: string): Promise<{ state: string; error: string | null }> =>
  (await data(url, `{ cluster(name: "${cluster}") { dataAccess { state error } } }`)).cluster.dataAccess;
const setString = (cluster: string) =>
  `mutation { setString(input: { cluster: "${cluster}", key: "k", value: "v" }) { userErrors { message } } }`;
const codesOf = async (url: string, query: string): Promise<unknown[]> =>
  ((await post(url, query)).errors ?? []).map(({ extensions }) => extensions?.['code']);
const isServed = (url: string, cluster: string) => eventually(() => data(url, value(cluster)));

describe('A cluster', () => {
  test('that is down when the API starts is reported by code and state, and served once it is up', async () => {
    await using orders = await startValkey();
    await using billing = await startValkey();
    await orders.kill();
    await using api = await serve({ orders, billing });
    expect(await state(api.url, 'orders')).toMatchObject({ state: 'DISCONNECTED' });
    expect(await codesOf(api.url, value('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    expect(await codesOf(api.url, setString('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    const { state: found, error } = await state(api.url, 'orders');
    expect(found).toBe('FAILED');
    expect(error).toContain(`${orders.port}`);
    expect(await codesOf(api.url, value('billing'))).toEqual([]);

    await orders.restart();
    await isServed(api.url, 'orders');
    expect(await state(api.url, 'orders')).toEqual({ state: 'CONNECTED', error: null });
  });

  test('that freezes fails its own requests with a code, and those of no other cluster', async () => {
    await using orders = await startValkey();
    await using billing = await startValkey();
    await using api = await serve({ orders, billing });
    for (const cluster of ['orders', 'billing']) await data(api.url, setString(cluster));

    orders.freeze();
    const reads = Array.from({ length: 50 }, () => codesOf(api.url, value('orders')));
    const write = codesOf(api.url, setString('orders'));
    await using elsewhere = startLoad(api.url, () => ({ query: value('billing') }));
    const codes = await Promise.all([...reads, write]);
    await elsewhere.stop();
    expect(elsewhere.messages).toEqual([]);
    expect(elsewhere.answered).toBeGreaterThan(0);
    expect(codes.pop()).toEqual(['UNKNOWN_OUTCOME']);
    expect(codes).toEqual(reads.map(() => ['TIMEOUT']));
    // Nothing waits for a cluster that is known to be frozen.
    expect(await codesOf(api.url, value('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    expect(await codesOf(api.url, setString('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    expect(await state(api.url, 'orders')).toMatchObject({ state: 'RECONNECTING' });
    expect(await state(api.url, 'billing')).toMatchObject({ state: 'CONNECTED' });

    orders.thaw();
    await isServed(api.url, 'orders');
    expect(await codesOf(api.url, setString('orders'))).toEqual([]);
  });

  test('whose network drops everything is reported as unavailable, and served again when the network recovers', async () => {
    await using orders = await startValkey();
    await using network = await startTcpProxy(orders);
    await using api = await serve({ orders: { host: network.host, port: network.port } });
    await isServed(api.url, 'orders');

    network.swallow();
    expect(await codesOf(api.url, value('orders'))).toEqual(['TIMEOUT']);
    expect(await codesOf(api.url, value('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    network.mend();
    await isServed(api.url, 'orders');

    network.cut();
    await isServed(api.url, 'orders');
    network.delay(100);
    expect(await codesOf(api.url, setString('orders'))).toEqual([]);
    expect(await codesOf(api.url, value('orders'))).toEqual([]);
  });

  test('that is killed and comes back with its data is served again', async () => {
    await using orders = await startValkey({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
    await using api = await serve({ orders });
    await data(api.url, setString('orders'));
    await orders.kill();
    const [code] = await codesOf(api.url, value('orders'));
    expect(code).toBe('CLUSTER_UNAVAILABLE');
    await orders.restart();
    await isServed(api.url, 'orders');
    expect((await data(api.url, value('orders'))).cluster.key).toEqual({ value: 'v' });
  });

  test('whose network is slow fails what takes too long, and stays connected', async () => {
    await using orders = await startValkey();
    await using network = await startTcpProxy(orders);
    const limits = { operationTimeoutMs: 1_500 };
    await using api = await serve({ orders: { host: network.host, port: network.port } }, { limits });
    await orders.command('SET', 'k', 'v'.repeat(24_000_000));
    const length = '{ cluster(name: "orders") { key(name: "k") { ... on StringKey { length } } } }';
    await isServed(api.url, 'orders');

    network.slowTo(8_000_000);
    const large = codesOf(api.url, value('orders'));
    const behind = codesOf(api.url, length);
    expect(await large).toEqual(['TIMEOUT']);
    expect(await behind).toEqual(['TIMEOUT']);
    await eventually(async () => expect(await codesOf(api.url, length)).toEqual([]));
    expect(await state(api.url, 'orders')).toEqual({ state: 'CONNECTED', error: null });
    expect((await scrape(api.url)).get('cachegraph_valkey_reconnects_total{cluster="orders"}')).toBe(0);
  });

  test('that one command occupies for longer than a node may be silent is unavailable until it has ended', async () => {
    await using orders = await startValkey();
    await using api = await serve({ orders });
    await isServed(api.url, 'orders');
    const until = "local t = server.call('TIME'); local stop = t[1] * 1000 + t[2] / 1000 + 2500";
    const busy = orders.command(
      'EVAL',
      `${until} repeat t = server.call('TIME') until t[1] * 1000 + t[2] / 1000 > stop`,
      '0',
    );

    expect(await codesOf(api.url, value('orders'))).toEqual(['TIMEOUT']);
    // So that the command has not ended yet, however late the test looks.
    orders.freeze();
    expect(await codesOf(api.url, value('orders'))).toEqual(['CLUSTER_UNAVAILABLE']);
    expect(await state(api.url, 'orders')).toMatchObject({ state: 'RECONNECTING' });
    orders.thaw();
    await busy;
    await isServed(api.url, 'orders');
    expect(await state(api.url, 'orders')).toEqual({ state: 'CONNECTED', error: null });
  });
});
