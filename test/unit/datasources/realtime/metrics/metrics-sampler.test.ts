import { describe, expect, it } from 'vitest';
import {
  createMetricsSampler,
  type NodeSample,
} from '../../../../../src/datasources/realtime/metrics/metrics-sampler.js';
import { Outage } from '../../../../../src/domain/errors.js';
import { createLiveSource } from '../../../../../src/runtime/live-source.js';
import { listenTo } from '../../../../helpers/valkey/listening.js';

const outage = new Outage('CLUSTER_UNAVAILABLE', 'The cluster does not answer.');
const sampleOf = (atMs: number): NodeSample => ({
  node: { endpoint: { host: 'node', port: 6379 }, isPrimary: true },
  counters: {
    runId: 'a',
    atMs,
    commands: atMs,
    keyspaceHits: null,
    keyspaceMisses: null,
    evictedKeys: null,
    networkInBytes: null,
    networkOutBytes: null,
    cpuSeconds: null,
    usedMemoryBytes: null,
    connectedClients: null,
  },
});

describe('A sampler of metrics', () => {
  it('fails a subscriber that comes during an outage, and gives it no metrics from before', async () => {
    let taken = 0;
    let reportOutage: () => void;
    const outageBegan = new Promise<void>((resolve) => (reportOutage = resolve));
    const sampler = createMetricsSampler({
      clusterName: 'orders',
      everyMs: 1,
      ended: () => undefined,
      sample() {
        taken += 1;
        if (taken <= 2) return Promise.resolve([sampleOf(taken * 1000)]);
        setImmediate(reportOutage);
        return Promise.reject(outage);
      },
    });
    const source = createLiveSource((listener) => sampler.open(listener));
    using early = listenTo(source);
    await early.until((events) => events.length === 1);
    await outageBegan;
    using late = listenTo(source);
    expect(await late.failure).toBe(outage);
    expect(late.events).toEqual([]);
    expect(early.events).toHaveLength(1);
  });
});
