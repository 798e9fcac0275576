import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { observeDatasources } from '../../../src/app/instrumentation.js';
import { createMetrics } from '../../../src/telemetry/metrics.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function observe() {
  const metrics = createMetrics();
  const groups = [
    { cluster: 'orders', sample: { name: Buffer.from('workers'), pending: 3, lag: 5 } },
    { cluster: 'orders', sample: { name: Buffer.from([0xff, 0x00]), pending: 1, lag: null } },
  ];
  const groupsRead = vi.fn(() => Promise.resolve(groups as never));
  const accesses = () => [
    { clusterName: 'orders', state: 'CONNECTED', username: null, tls: false, error: null, since: null } as const,
  ];
  observeDatasources(metrics, { connections: { accesses }, realtime: { groupsRead } });
  return { metrics, groupsRead };
}

test('a scrape reports the state of connections and the backlog of consumer groups', async () => {
  const { metrics } = observe();
  const lines = (await metrics.text()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'cachegraph_cluster_data_access{cluster="orders",state="CONNECTED"} 1',
      'cachegraph_consumer_group_pending{cluster="orders",group="workers"} 3',
      'cachegraph_consumer_group_pending{cluster="orders",group="0xff00"} 1',
      'cachegraph_consumer_group_lag{cluster="orders",group="workers"} 5',
    ]),
  );
  expect(lines.filter((line) => line.startsWith('cachegraph_consumer_group_lag{'))).toHaveLength(1);
});

test('Valkey is queried at most once a second, however many scrapes there are', async () => {
  const { metrics, groupsRead } = observe();
  await metrics.text();
  await metrics.text();
  expect(groupsRead).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1_000);
  await metrics.text();
  expect(groupsRead).toHaveBeenCalledTimes(2);
});
