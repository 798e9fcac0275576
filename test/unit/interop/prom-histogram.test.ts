import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { registerHistogram } from '../../../src/interop/prom-histogram.js';

const name = 'duration_seconds';
const help = 'How long "it" took\\.';
const bounds = [0.1, 1, 10];

test('prom-client prints a registered histogram as it prints its own', async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  registerHistogram(ours, { name, help, bounds }, () => [
    { labels: { kind: 'query', operation: 'a"b\\c\nd' }, inBucket: [1, 2, 0, 1], sum: 61.55 },
    { labels: { kind: 'mutation', operation: '' }, inBucket: [0, 0, 0, 0], sum: 0 },
  ]);
  const histogram = new Histogram({
    name,
    help,
    buckets: bounds,
    labelNames: ['kind', 'operation'],
    registers: [theirs],
  });
  for (const seconds of [0.05, 0.5, 1, 60]) histogram.observe({ kind: 'query', operation: 'a"b\\c\nd' }, seconds);
  histogram.zero({ kind: 'mutation', operation: '' });
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

test('prom-client reads a registered histogram each time that it prints', async () => {
  const registry = new Registry();
  let sum = 0;
  registerHistogram(registry, { name, help, bounds }, () => [{ labels: {}, inBucket: [1, 0, 0, 0], sum: (sum += 1) }]);
  expect(await registry.metrics()).toContain('duration_seconds_sum 1\n');
  expect(await registry.metrics()).toContain('duration_seconds_sum 2\n');
});
