import { describe, expect, test } from 'vitest';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, subscribe } from '../../helpers/clients/graphql-client.js';
import { startLoad, together, type Load } from '../../helpers/clients/load.js';
import { serve } from '../../helpers/apis/served-api.js';
import { beginToMove } from '../../helpers/valkey/slots.js';
import { startValkeyCluster } from '../../helpers/valkey/valkey.js';

/** Of the first, second and third shard of three. */
const [first, second, third] = ['{b}', '{c}', '{a}'] as const;
const set = (key: string, n: number) => ({
  query: `mutation ($key: String!, $value: String!) {
    setString(input: { cluster: "orders", key: $key, value: $value }) { userErrors { code message } }
  }`,
  variables: { key, value: String(n) },
});
/** Error codes that report an outage. */
const outages = new Set(['CLUSTER_UNAVAILABLE', 'UNKNOWN_OUTCOME', 'TIMEOUT']);
const noErrors = (load: Load): void => expect(load.messages).toEqual([]);

describe('A cluster under load', () => {
  test('whose primary is killed continues with its replica, and reports writes that it could not execute', async () => {
    // A node is found dead after two seconds, and its replica elected by the others.
    const args = ['--cluster-node-timeout', '2000', '--cluster-allow-pubsubshard-when-down', 'yes'];
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1, args });
    await using api = await serve({ orders: cluster });
    await using client = connect(api.url);
    await using messages = subscribe(
      client,
      'subscription { channelMessages(cluster: "orders", channels: ["news"]) { messages { payload } gap { reason } } }',
    );
    await using entries = subscribe(
      client,
      `subscription { streamEntries(cluster: "orders", stream: "${first}log", after: "0") { entries { entryId } gap { reason } } }`,
    );
    const add = `mutation { addStreamEntry(input: {
      cluster: "orders", stream: "${first}log", fields: [{ name: "n", value: "1" }]
    }) { entryId userErrors { code } } }`;
    await data(api.url, add);
    await entries.next();
    await using all = together(
      ...[first, second, third].map((tag) => startLoad(api.url, (n) => set(`${tag}${n % 100}`, n), 2)),
    );
    await all.more(100);
    all.loads.forEach(noErrors);

    const [victim] = cluster.primaries;
    await victim!.command('WAIT', '1', '5000');
    await victim!.kill();
    await eventually(() => expect(all.loads[0]!.codes).not.toEqual([]));
    await all.more(200);
    await all.stop();
    for (const load of all.loads) {
      expect(load.codes.filter((code) => !outages.has(code))).toEqual([]);
    }
    await eventually(() => data(api.url, add));
    await entries.next();
    expect(entries.results.flatMap((result) => result.data!['streamEntries'].gap ?? [])).toEqual([]);
    const publish =
      'mutation { publish(input: { cluster: "orders", channel: "news", payload: "x" }) { userErrors { code } } }';
    await eventually(async () => {
      await data(api.url, publish);
      const heard = messages.results.flatMap((result) => result.data!['channelMessages'].messages);
      expect(heard).not.toEqual([]);
    });
  }, 60_000);

  test('that is failed over on purpose answers every write', async () => {
    await using cluster = await startValkeyCluster({ shards: 3, replicas: 1 });
    await using api = await serve({ orders: cluster });
    await using load = startLoad(api.url, (n) => set(`${first}${n % 100}`, n));
    await load.more(100);
    const replica = cluster.replicas.find(({ follows }) => follows === 0)!;
    await replica.command('CLUSTER', 'FAILOVER');
    await eventually(async () => expect(String(await replica.command('ROLE'))).toMatch(/^master/));
    await load.more(200);
    await cluster.primaries[0]!.kill();
    await load.more(200);
    await load.stop();
    noErrors(load);
  });

  test('whose slots move executes every operation: on old and new keys, on several keys, and transactions', async () => {
    await using cluster = await startValkeyCluster({ shards: 2 });
    await using api = await serve({ orders: cluster });
    const names = Array.from({ length: 50 }, (_, at) => `{k}${at}`);
    for (const [n, key] of names.entries()) await data(api.url, set(key, n).query, set(key, n).variables);
    const hash = `mutation ($key: String!) { setHashFields(input: {
      cluster: "orders", key: $key, fields: [{ name: "f", value: "v" }], keyExpiry: { seconds: 60 }
    }) { userErrors { code message } } }`;
    const remove = `mutation ($keys: [String!]!) { deleteKeys(input: { cluster: "orders", keys: $keys }) {
      deleted userErrors { code message }
    } }`;
    const read = `query ($names: [String!]!) { cluster(name: "orders") { keysByName(names: $names) { name ttlSeconds } } }`;
    await using all = together(
      startLoad(api.url, (n) => set(`{k}${n % 50}`, n)),
      startLoad(api.url, (n) => set(`{k}new-${n}`, n)),
      startLoad(api.url, (n) => ({ query: hash, variables: { key: `{k}hash-${n}` } })),
      startLoad(api.url, (n) => ({ query: remove, variables: { keys: [`{k}${n % 50}`, `{k}${(n + 25) % 50}`] } })),
      startLoad(api.url, () => ({ query: read, variables: { names } })),
    );
    await all.more(8);
    for (let time = 1; time <= 2; time += 1) {
      const moving = await beginToMove(cluster, '{k}');
      await moving.move(...names.slice(0, 25));
      await all.more(8);
      await moving.finish();
      await all.more(8);
    }
    await all.stop();
    all.loads.forEach(noErrors);
  });
});
