import { expect, test } from 'vitest';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { ExpectedFailure } from '../../../src/domain/errors.js';
import { eventually } from '../../helpers/run/eventually.js';
import { connect, data, post, subscribe } from '../../helpers/clients/graphql-client.js';
import { openRawWebSocket } from '../../helpers/clients/raw-websocket.js';
import { scrape } from '../../helpers/run/scrape.js';
import { serve } from '../../helpers/apis/served-api.js';
import { startTestApi } from '../../helpers/apis/test-api.js';
import { startValkey, type TestValkey } from '../../helpers/valkey/valkey.js';

const hasSubscribers = (valkey: TestValkey, channel: string, count: number) =>
  eventually(async () => expect(String(await valkey.command('PUBSUB', 'NUMSUB', channel))).toBe(`${channel},${count}`));

test('operations and commands are counted with their outcomes and durations', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await data(api.url, 'query Read { cluster(name: "orders") { key(name: "a") { type } } }');
  await post(api.url, 'mutation Write { setString(input: { cluster: "orders", key: "a", value: "v" }) { applied } }');
  await post(api.url, 'query Read { cluster(name: "orders") { hash(name: "a") { length } } }');
  await post(api.url, '{ nothing }');

  const metrics = await scrape(api.url);
  expect(metrics.get('cachegraph_operations_total{kind="query",operation="Read",outcome="ok"}')).toBe(1);
  expect(metrics.get('cachegraph_operations_total{kind="query",operation="Read",outcome="WRONG_TYPE"}')).toBe(1);
  expect(metrics.get('cachegraph_operations_total{kind="mutation",operation="Write",outcome="ok"}')).toBe(1);
  expect(
    metrics.get('cachegraph_operations_total{kind="unknown",operation="",outcome="GRAPHQL_VALIDATION_FAILED"}'),
  ).toBe(1);
  expect(metrics.get('cachegraph_operation_duration_seconds_count{kind="query",operation="Read"}')).toBe(2);
  expect(metrics.get('cachegraph_valkey_commands_total{cluster="orders",outcome="ok"}')).toBeGreaterThan(1);
  expect(metrics.get('cachegraph_valkey_command_duration_seconds_sum{cluster="orders"}')).toBeGreaterThan(0);
  expect(metrics.get('cachegraph_cluster_data_access{cluster="orders",state="CONNECTED"}')).toBe(1);
});

test('the gauges of subscriptions and connections, and the counts of deliveries, follow the clients', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await using client = connect(api.url);
  const query =
    'subscription { channelMessages(cluster: "orders", channels: ["private-channel"]) { messages { payload } } }';
  await using one = subscribe(client, query);
  await using two = subscribe(client, query);
  await hasSubscribers(valkey, 'private-channel', 1);
  await valkey.command('PUBLISH', 'private-channel', 'private payload');
  const bytes = JSON.stringify(await one.next()).length;
  await two.next();

  const response = await fetch(new URL('/metrics', api.url));
  expect(await response.text()).not.toContain('private');
  const metrics = await scrape(api.url);
  expect(metrics.get('cachegraph_subscriptions{field="channelMessages"}')).toBe(2);
  expect(metrics.get('cachegraph_deliveries_total{field="channelMessages"}')).toBe(2);
  expect(metrics.get('cachegraph_delivered_bytes_total{field="channelMessages"}')).toBe(2 * bytes);
  expect(metrics.get('cachegraph_connections{transport="websocket"}')).toBe(1);
  expect(metrics.get('cachegraph_queued_bytes{where="sockets"}')).toBe(0);

  two.leave();
  await eventually(async () =>
    expect((await scrape(api.url)).get('cachegraph_subscriptions{field="channelMessages"}')).toBe(1),
  );
  await client.dispose();
  await eventually(async () => {
    const later = await scrape(api.url);
    expect(later.get('cachegraph_subscriptions{field="channelMessages"}')).toBe(0);
    expect(later.get('cachegraph_connections{transport="websocket"}')).toBeUndefined();
  });
});

test('a subscription that ends with an error is counted by its code', async () => {
  await using api = await startTestApi();
  await using client = connect(api.url);
  await using subscribed = subscribe(client, 'subscription { ticks { text } }');
  await api.ticks.hasOpen(1);
  api.ticks.fail(new ExpectedFailure('PERMISSION_DENIED', 'Revoked.'));
  await expect(subscribed.ended).rejects.toThrow('Revoked.');
  const metrics = await scrape(api.url);
  expect(metrics.get('cachegraph_subscription_failures_total{field="ticks",code="PERMISSION_DENIED"}')).toBe(1);
  expect(metrics.get('cachegraph_subscriptions{field="ticks"}')).toBe(0);
});

test('an event stream is counted as a connection', async () => {
  await using api = await startTestApi();
  const stream = await fetch(api.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: 'subscription { ticks { text } }' }),
  });
  expect((await scrape(api.url)).get('cachegraph_connections{transport="sse"}')).toBe(1);
  await stream.body!.cancel();
  await eventually(async () =>
    expect((await scrape(api.url)).has('cachegraph_connections{transport="sse"}')).toBe(false),
  );
});

test('the progress of a group is measured only while this process reads it', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  await valkey.command('XGROUP', 'CREATE', 'work', 'workers', '0', 'MKSTREAM');
  for (const n of ['1', '2', '3']) await valkey.command('XADD', 'work', '*', 'n', n);
  const lag = 'cachegraph_consumer_group_lag{cluster="orders",group="workers"}';
  const pending = 'cachegraph_consumer_group_pending{cluster="orders",group="workers"}';
  expect((await scrape(api.url)).has(lag)).toBe(false);

  await using client = connect(api.url);
  await using worker = subscribe(
    client,
    'subscription { groupEntries(cluster: "orders", stream: "work", group: "workers", consumer: "a", maxInFlight: 2) { entries { entry { entryId } } } }',
  );
  await worker.next();
  await eventually(async () => {
    const metrics = await scrape(api.url);
    expect(metrics.get(pending)).toBe(2);
    expect(metrics.get(lag)).toBe(1);
  });
});

/** An API with a subscriber that reads nothing. */
async function startFlood(limits: Partial<ServerLimits>) {
  const valkey = await startValkey();
  const api = await serve({ orders: valkey }, { limits });
  const socket = await openRawWebSocket(api.port);
  socket.subscribe(
    '1',
    'subscription { channelMessages(cluster: "orders", channels: ["flood"], overflow: DROP_OLDEST) { messages { payload } gap { missed } } }',
  );
  await hasSubscribers(valkey, 'flood', 1);
  socket.stopReading();
  const payload = 'x'.repeat(64_000);
  return {
    /** Publishes more than the subscriber accepts. @returns the metrics afterwards */
    async publish() {
      for (let n = 0; n < 50; n += 1) await valkey.command('PUBLISH', 'flood', payload);
      return await scrape(api.url);
    },
    async [Symbol.asyncDispose]() {
      for (const each of [socket, api, valkey]) await each[Symbol.asyncDispose]();
    },
  };
}

test('the bytes that wait for a slow subscriber are counted', async () => {
  await using flood = await startFlood({ maxBufferedBytes: 65_536 });
  await eventually(async () => {
    expect((await flood.publish()).get('cachegraph_queued_bytes{where="subscriptions"}')).toBeGreaterThan(0);
  });
});

test('a connection that is closed because its client reads nothing is counted', async () => {
  await using flood = await startFlood({ maxBufferedBytes: 65_536, stallTimeoutMs: 200 });
  await eventually(async () => {
    const metrics = await flood.publish();
    expect(metrics.get('cachegraph_stalled_connections_closed_total')).toBe(1);
    expect(metrics.get('cachegraph_limit_hits_total{limit="stallTimeoutMs"}')).toBe(1);
  });
});

test('a connection to Valkey that is lost and restored is counted', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey });
  const read = () => post(api.url, '{ cluster(name: "orders") { keyCount } }');
  await read();
  await valkey.command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await eventually(async () => {
    await read();
    const metrics = await scrape(api.url);
    expect(metrics.get('cachegraph_valkey_reconnects_total{cluster="orders"}')).toBeGreaterThan(0);
  });
});

test('metrics can be disabled by the configuration', async () => {
  await using valkey = await startValkey();
  await using api = await serve({ orders: valkey }, { metrics: false });
  expect((await fetch(new URL('/metrics', api.url))).status).toBe(404);
});
