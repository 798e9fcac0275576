import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startCachegraph, type TestCachegraph } from '../../helpers/apis/cachegraph.js';
import { connect, data, post, subscribe, type Subscribed } from '../../helpers/clients/graphql-client.js';
import { eventually } from '../../helpers/run/eventually.js';

async function change({ url }: TestCachegraph, field: string): Promise<any> {
  const text = `mutation { change: ${field} { cluster { status shards { primary { name } } } userErrors { code message path } } }`;
  const result = await data(url, text);
  expect(result.change.userErrors).toEqual([]);
  return result.change.cluster;
}

/** Writes numbered keys through the API until `stop`, which resolves to the acknowledged ones and the codes of failures. */
function startWriting({ url }: TestCachegraph) {
  const acknowledged: string[] = [];
  const codes = new Set<string>();
  const stopping = new AbortController();
  const running = (async () => {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const set = `mutation { setString(input: { cluster: "orders", key: "k:${number}", value: "v" }) { applied userErrors { code message } } }`;
      const { data: result, errors = [] } = await post(url, set);
      const refused: { code: string }[] = (result as any)?.setString?.userErrors ?? [];
      for (const { code } of refused) codes.add(code);
      for (const { extensions } of errors) codes.add(String(extensions?.['code']));
      if (errors.length + refused.length === 0) acknowledged.push(`k:${number}`);
      await setImmediate();
    }
  })();
  return {
    acknowledged,
    async stop() {
      stopping.abort();
      await running;
      return { acknowledged, codes: [...codes] };
    },
  };
}

/** Publishes until the subscription has received the payload. Rejects at once, with the reason, if the subscription has ended. */
async function received({ url }: TestCachegraph, messages: Subscribed, payload: string): Promise<void> {
  const publish = `mutation { publish(input: { cluster: "orders", channel: "c", payload: "${payload}" }) { receivers } }`;
  let hasEnded = false;
  const ended = messages.ended.then(() => {
    throw new Error('The subscription was completed.');
  });
  ended.catch(() => (hasEnded = true));
  const arrived = eventually(
    async () => {
      await post(url, publish);
      expect(JSON.stringify(messages.results)).toContain(payload);
    },
    undefined,
    () => hasEnded,
  );
  await Promise.race([ended, arrived]);
}

async function lostOf({ url }: TestCachegraph, keys: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (let from = 0; from < keys.length; from += 50) {
    const names = keys.slice(from, from + 50);
    const fields = names.map((name, index) => `k${index}: key(name: "${name}") { name }`);
    const { cluster } = await data(url, `{ cluster(name: "orders") { ${fields.join(' ')} } }`);
    lost.push(...names.filter((_, index) => cluster[`k${index}`] === null));
  }
  return lost;
}

test.each([
  {
    title: 'promoted replica',
    request: 'promoteReplica(input: { cluster: "orders", node: "orders-002", waitSeconds: 60 })',
    primary: 'orders-002',
  },
  {
    title: 'rebooted primary',
    request: 'rebootNodes(input: { cluster: "orders", nodes: ["orders-001"], waitSeconds: 60 })',
    primary: 'orders-001',
  },
])(
  'a $title loses no acknowledged write, and keys and subscriptions go on',
  async ({ request, primary }) => {
    await using api = await startCachegraph();
    await change(
      api,
      'createCluster(input: { name: "orders", replicasPerShard: 1, automaticFailover: false, waitSeconds: 60 })',
    );
    await using client = connect(api.url);
    await using messages = subscribe(
      client,
      'subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } } }',
    );
    await using statuses = subscribe(
      client,
      'subscription { clusterChanges(cluster: "orders") { cluster { status nodes { name status } } } }',
    );
    // Before the writing starts, which may keep a busy machine from subscribing in time.
    await received(api, messages, 'before');
    const writing = startWriting(api);
    await eventually(() => expect(writing.acknowledged.length).toBeGreaterThan(20));

    expect(await change(api, request)).toEqual({ status: 'AVAILABLE', shards: [{ primary: { name: primary } }] });
    await received(api, messages, 'after');
    const before = writing.acknowledged.length;
    await eventually(() => expect(writing.acknowledged.length).toBeGreaterThan(before + 20));
    const { acknowledged, codes } = await writing.stop();
    expect(await lostOf(api, acknowledged)).toEqual([]);
    // A restart is a momentary outage, as on AWS. Callers receive errors after which they may try again.
    expect(['CLUSTER_UNAVAILABLE', 'UNKNOWN_OUTCOME']).toEqual(expect.arrayContaining(codes));
    await eventually(() => {
      const all = statuses.results.map((result: any) => result.data.clusterChanges.cluster);
      expect(all.map(({ status }) => status)).toContain('MODIFYING');
      expect(all.at(-1)).toMatchObject({ status: 'AVAILABLE' });
    });
  },
  120_000,
);

test('a cluster whose mode becomes compatible and enabled loses no acknowledged write, and keys and subscriptions go on', async () => {
  await using api = await startCachegraph();
  await change(api, 'createCluster(input: { name: "orders", replicasPerShard: 1, waitSeconds: 60 })');
  await using client = connect(api.url);
  await using messages = subscribe(
    client,
    'subscription { channelMessages(cluster: "orders", channels: ["c"]) { messages { payload } gap { reason } } }',
  );
  await using changes = subscribe(
    client,
    'subscription { clusterChanges(cluster: "orders") { cluster { status clusterMode pendingChanges { clusterMode } } } }',
  );
  await received(api, messages, 'before');
  const writing = startWriting(api);
  await eventually(() => expect(writing.acknowledged.length).toBeGreaterThan(20));
  for (const mode of ['COMPATIBLE', 'ENABLED']) {
    await change(api, `modifyCluster(input: { cluster: "orders", clusterMode: ${mode} })`);
    await eventually(async () =>
      expect(await data(api.url, '{ cluster(name: "orders") { status clusterMode } }')).toEqual({
        cluster: { status: 'AVAILABLE', clusterMode: mode },
      }),
    );
    await received(api, messages, mode);
    const before = writing.acknowledged.length;
    await eventually(() => expect(writing.acknowledged.length).toBeGreaterThan(before + 20));
  }
  const { acknowledged, codes } = await writing.stop();
  expect(await lostOf(api, acknowledged)).toEqual([]);
  expect(['CLUSTER_UNAVAILABLE', 'UNKNOWN_OUTCOME']).toEqual(expect.arrayContaining(codes));
  const seen = JSON.stringify(changes.results);
  expect(seen).toContain('"pendingChanges":{"clusterMode":"COMPATIBLE"}');
  expect(seen).toContain('"status":"AVAILABLE","clusterMode":"COMPATIBLE"');
}, 120_000);
