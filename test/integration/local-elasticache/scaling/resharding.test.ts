import { createCluster, type RedisClusterType } from '@redis/client';
import { describe, expect, it } from 'vitest';
import { startCachegraph, type TestCachegraph } from '../../../helpers/apis/cachegraph.js';
import { change, setByApi, startWriter } from '../../../helpers/apis/key-writers.js';
import { connect, data } from '../../../helpers/clients/graphql-client.js';
import { eventually } from '../../../helpers/run/eventually.js';

function disposed(client: RedisClusterType): Promise<void> {
  client.destroy();
  return Promise.resolve();
}

async function plainClient({ url }: TestCachegraph): Promise<RedisClusterType & AsyncDisposable> {
  const result = await data(url, '{ cluster(name: "orders") { configurationEndpoint { host port } } }');
  const { host, port } = result.cluster.configurationEndpoint;
  const client = createCluster({
    rootNodes: [{ url: `redis://${host}:${port}` }],
    defaults: { maintNotifications: 'disabled', socket: { connectTimeout: 2_000 } },
    maxCommandRedirections: 64,
  }) as RedisClusterType;
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => disposed(client) });
}

describe('the shards of a cluster', () => {
  it('change online: no key is lost, and callers of the API see no error', async () => {
    await using api = await startCachegraph();
    await change(
      api,
      'createCluster(input: { name: "orders", clusterMode: ENABLED, shards: 2, replicasPerShard: 1, transitEncryption: DISABLED, waitSeconds: 30 })',
    );
    await using plain = await plainClient(api);
    await using subscriber = connect(api.url);
    const changes = subscriber.iterate({
      query:
        'subscription { clusterChanges(cluster: "orders") { cluster { status shards { name } pendingChanges { reshardingPercent } } } }',
    });
    const seen: any[] = [];
    const watching = (async () => {
      for await (const { data: change } of changes) seen.push((change as any).clusterChanges.cluster);
    })();
    // Under load, the first commands may come before the API has connected to all nodes.
    await eventually(async () => {
      for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) await setByApi(api, key, 'first');
    });
    const byApi = startWriter('api', (key, value) => setByApi(api, key, value));
    const byClient = startWriter('plain', async (key, value) => {
      await plain.set(key, value);
    });
    await eventually(() => {
      if (byApi.written.size < 200) throw new Error('The writers have not begun.');
      return Promise.resolve();
    });

    expect(await change(api, 'setShardCount(input: { cluster: "orders", shards: 3, waitSeconds: 120 })')).toEqual({
      status: 'AVAILABLE',
    });
    const three = await data(
      api.url,
      '{ cluster(name: "orders") { pendingChanges { reshardingPercent } shards { name slots replicas { name } } } }',
    );
    expect(three.cluster.shards).toMatchObject([
      { name: '0001', slots: '0-5461', replicas: [{ name: 'orders-0001-002' }] },
      { name: '0002', slots: '8192-13652', replicas: [{ name: 'orders-0002-002' }] },
      { name: '0003', slots: '5462-8191,13653-16383', replicas: [{ name: 'orders-0003-002' }] },
    ]);
    expect(three.cluster.pendingChanges).toBeNull();
    await change(api, 'setShardCount(input: { cluster: "orders", shards: 2, waitSeconds: 120 })');

    await byApi.stop();
    await byClient.stop();
    expect(byApi.errors).toEqual([]);
    // node-redis rejects a command that is in flight on a connection that it closes.
    expect(byClient.errors.length).toBeLessThan(5);
    await changes.return?.();
    await watching;
    expect(seen.map(({ status }) => status)).toEqual(expect.arrayContaining(['MODIFYING', 'AVAILABLE']));
    expect(seen.some(({ pendingChanges }) => pendingChanges?.reshardingPercent > 0)).toBe(true);

    await using reader = await plainClient(api);
    for (const { written } of [byApi, byClient]) {
      const entries = [...written];
      const values = await Promise.all(entries.map(([key]) => reader.get(key)));
      expect(entries.filter(([, value], index) => values[index] !== value)).toEqual([]);
    }
    const count = (await data(api.url, '{ cluster(name: "orders") { keyCount } }')).cluster.keyCount;
    expect(count).toBeGreaterThanOrEqual(byApi.written.size + byClient.written.size);
  }, 240_000);
});
