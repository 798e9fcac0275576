import { describe, expect, it } from 'vitest';
import {
  clusterMetricsOf,
  hitRateOf,
  loadOf,
  type NodeCounters,
  type NodeLoad,
} from '../../../../src/domain/cluster/cluster-metrics.js';

const counters: NodeCounters = {
  runId: 'a',
  atMs: 1000,
  commands: 100,
  keyspaceHits: 10,
  keyspaceMisses: 10,
  evictedKeys: 0,
  networkInBytes: 1000,
  networkOutBytes: 2000,
  cpuSeconds: 1.5,
  usedMemoryBytes: 5000,
  connectedClients: 3,
};
const later: NodeCounters = {
  ...counters,
  atMs: 3000,
  commands: 120,
  keyspaceHits: 16,
  keyspaceMisses: 12,
  evictedKeys: 4,
  networkInBytes: 1200,
  networkOutBytes: 2600,
  cpuSeconds: 2.5,
  usedMemoryBytes: 6000,
};
const load: NodeLoad = {
  opsPerSecond: 10,
  hitsPerSecond: 3,
  missesPerSecond: 1,
  evictedKeysPerSecond: 2,
  networkInBytesPerSecond: 100,
  networkOutBytesPerSecond: 300,
  cpuRatio: 0.5,
  usedMemoryBytes: 6000,
  connectedClients: 3,
};
const sizesOnly = {
  opsPerSecond: null,
  cpuRatio: null,
  hitsPerSecond: null,
  usedMemoryBytes: 6000,
  connectedClients: 3,
};

describe('The load of a node', () => {
  it('is the difference between two samples a second', () => {
    expect(loadOf(counters, later)).toEqual(load);
    expect(hitRateOf(load)).toBe(0.75);
  });

  it.each([
    ['without an earlier sample', undefined],
    ['after a restart', { ...counters, runId: 'b' }],
    ['if no time has passed', { ...counters, atMs: 3000 }],
  ])('has no rates %s', (_, before) => {
    expect(loadOf(before, later)).toMatchObject(sizesOnly);
  });

  it('has no rate of a counter that was reset or is not reported', () => {
    const now = { ...later, commands: 7, cpuSeconds: null };
    expect(loadOf(counters, now)).toEqual({ ...load, opsPerSecond: null, cpuRatio: null });
    expect(loadOf({ ...counters, evictedKeys: null }, later).evictedKeysPerSecond).toBeNull();
  });

  it('has no hit rate without lookups', () => {
    expect(hitRateOf({ ...load, hitsPerSecond: 0, missesPerSecond: 0 })).toBeNull();
    expect(hitRateOf({ ...load, hitsPerSecond: null })).toBeNull();
    expect(hitRateOf({ ...load, hitsPerSecond: 0 })).toBe(0);
  });
});

describe('The load of a cluster', () => {
  const node = { clusterName: 'orders', endpoint: { host: 'h', port: 1 }, isPrimary: true };

  it('is the sum over the nodes that have answered', () => {
    const nodes = [load, { ...load, cpuRatio: null }, new Error('gone')].map((each) => ({ ...node, load: each }));
    expect(clusterMetricsOf(nodes)).toMatchObject({
      nodes,
      total: { opsPerSecond: 20, cpuRatio: 0.5, usedMemoryBytes: 12_000, connectedClients: 6 },
    });
  });

  it('is the error of a node if none has answered', () => {
    const failure = new Error('gone');
    expect(clusterMetricsOf([{ ...node, load: failure }]).total).toBe(failure);
  });
});
