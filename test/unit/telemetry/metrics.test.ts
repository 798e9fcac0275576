import { collectDefaultMetrics, Registry } from 'prom-client';
import { describe, expect, it, test } from 'vitest';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { eventually } from '../../helpers/run/eventually.js';

const ended = { kind: 'query', name: 'Read', outcome: 'ok', seconds: 0.003 } as const;

test('operations are counted by kind, name and outcome, with their duration', async () => {
  const metrics = createMetrics();
  metrics.operationEnded(ended);
  metrics.operationEnded({ ...ended, outcome: 'TIMEOUT', seconds: 60 });
  const text = await metrics.text();
  expect(text).toContain('cachegraph_operations_total{kind="query",operation="Read",outcome="ok"} 1');
  expect(text).toContain('cachegraph_operations_total{kind="query",operation="Read",outcome="TIMEOUT"} 1');
  expect(text).toContain('cachegraph_operation_duration_seconds_bucket{le="0.0025",kind="query",operation="Read"} 0');
  expect(text).toContain('cachegraph_operation_duration_seconds_bucket{le="0.005",kind="query",operation="Read"} 1');
  expect(text).toContain('cachegraph_operation_duration_seconds_bucket{le="+Inf",kind="query",operation="Read"} 2');
  expect(text).toContain('cachegraph_operation_duration_seconds_count{kind="query",operation="Read"} 2');
  expect(text).toContain('cachegraph_operation_duration_seconds_sum{kind="query",operation="Read"} 60.003');
});

test('the number of names that clients choose is bounded', async () => {
  const metrics = createMetrics();
  for (let at = 0; at < 1000; at += 1) metrics.operationEnded({ ...ended, name: `Operation${at}` });
  metrics.operationEnded({ ...ended, name: 'x'.repeat(100_000) });
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('cachegraph_operations_total{'));
  expect(lines).toHaveLength(51);
  expect(lines).toContain('cachegraph_operations_total{kind="query",operation="other",outcome="ok"} 951');
});

test('each server has its own registry', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.limitHit('maxDepth');
  expect(await one.text()).toContain('cachegraph_limit_hits_total{limit="maxDepth"} 1');
  expect(await two.text()).not.toContain('maxDepth');
});

test('a restored connection to Valkey is counted, a new one is not', async () => {
  const metrics = createMetrics();
  const cluster = metrics.valkey('orders');
  cluster.connected();
  cluster.lost();
  cluster.connected();
  cluster.answered(0.0002);
  cluster.failed('refused', 0.0002);
  cluster.failed('TIMEOUT', undefined);
  const text = await metrics.text();
  expect(text).toContain('cachegraph_valkey_reconnects_total{cluster="orders"} 1');
  expect(text).toContain('cachegraph_valkey_commands_total{cluster="orders",outcome="ok"} 1');
  expect(text).toContain('cachegraph_valkey_commands_total{cluster="orders",outcome="refused"} 1');
  expect(text).toContain('cachegraph_valkey_command_duration_seconds_count{cluster="orders"} 2');
});

test('all holders of the traffic of a field count into the same totals', async () => {
  const metrics = createMetrics();
  for (const traffic of [metrics.traffic('channelMessages'), metrics.traffic('channelMessages')]) {
    traffic.opened();
    traffic.sent(100);
  }
  const text = await metrics.text();
  expect(text).toContain('cachegraph_subscriptions{field="channelMessages"} 2');
  expect(text).toContain('cachegraph_deliveries_total{field="channelMessages"} 2');
  expect(text).toContain('cachegraph_delivered_bytes_total{field="channelMessages"} 200');
});

test('a subscription that ends with an error is counted by its code', async () => {
  const metrics = createMetrics();
  metrics.traffic('channelMessages').failed('SLOW_SUBSCRIBER');
  expect(await metrics.text()).toContain(
    'cachegraph_subscription_failures_total{field="channelMessages",code="SLOW_SUBSCRIBER"} 1',
  );
});

test('gaps are counted by reason, and dropped messages with them', async () => {
  const metrics = createMetrics();
  const traffic = metrics.traffic('channelMessages');
  traffic.delivering({ messages: [], gap: { reason: 'SLOW_SUBSCRIBER', missed: 7 } });
  traffic.delivering({ messages: [], gap: { reason: 'TRIMMED', missed: 3 } });
  traffic.delivering({ messages: [], gap: null });
  traffic.delivering({ joined: [] });
  const text = await metrics.text();
  expect(text).toContain('cachegraph_gaps_total{reason="TRIMMED"} 1');
  expect(text).toContain('cachegraph_dropped_messages_total 7');
});

test('values read on a scrape are added by labels, and disappear when their reader is removed', async () => {
  const metrics = createMetrics();
  const undo = metrics.connections.add(() => [['websocket', 2]]);
  metrics.connections.add(() => Promise.resolve([['websocket', 3]]));
  expect(await metrics.text()).toContain('cachegraph_connections{transport="websocket"} 5');
  undo();
  expect(await metrics.text()).toContain('cachegraph_connections{transport="websocket"} 3');
});

test('an operation name with a line break cannot forge a line', async () => {
  const metrics = createMetrics();
  metrics.groupLag.add(() => [['orders', 'a"} 1\nforged_total 7', 1]]);
  expect((await metrics.text()).split('\n').filter((line) => line.startsWith('forged'))).toEqual([]);
});

describe('the metrics of the process', () => {
  /** All names and values of the event loop metrics. */
  const lagIn = (text: string): Map<string, number> =>
    new Map(
      [...text.matchAll(/^(nodejs_eventloop_lag\w*) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]),
    );

  it("have prom-client's names", async () => {
    const [metrics, registry] = [createMetrics(), new Registry()];
    metrics.addProcess();
    collectDefaultMetrics({ register: registry });
    const text = await metrics.text();
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([]);
    registry.clear();
  });

  it('report how long the event loop was blocked, and repeat it until there is a new sample', async () => {
    const metrics = createMetrics();
    metrics.addProcess();
    await metrics.text();
    const blockedUntil = performance.now() + 1_100;
    while (performance.now() < blockedUntil);
    const seen = await eventually(async () => {
      const lag = lagIn(await metrics.text());
      expect(lag.get('nodejs_eventloop_lag_max_seconds')).toBeGreaterThan(0.05);
      return lag;
    });
    expect([...seen.values()].filter((value) => !Number.isFinite(value))).toEqual([]);
    expect(seen.size).toBe(8);
  });
});
