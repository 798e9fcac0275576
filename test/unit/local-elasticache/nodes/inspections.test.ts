import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createObservations, type Observation } from '../../../../src/local-elasticache/nodes/shard/inspection-pace.js';
import { createInspections } from '../../../../src/local-elasticache/nodes/group/inspections.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A group of one shard whose observations the test sets; `take` returns the times of inspections. */
function group() {
  const state: { observation: Observation; isHealthy: boolean } = { observation: 'same', isHealthy: true };
  const at: number[] = [];
  const inspections = createInspections({
    inspect() {
      at.push(Math.round(performance.now()));
      return Promise.resolve([state.observation]);
    },
    isHealthy: () => state.isHealthy,
    onFailure: () => undefined,
  });
  inspections.start();
  return { state, inspections, take: () => at.splice(0) };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

describe('The inspections of a group', () => {
  it('become less frequent while nothing changes', async () => {
    const { take, inspections } = group();
    await seconds(10);
    take();
    await seconds(30);
    expect(take()).toHaveLength(10);
    inspections.stop();
    await seconds(10);
    expect(take()).toEqual([]);
  });

  it('happen every second while something changes, and after a request', async () => {
    const { take, inspections, state } = group();
    await seconds(10);
    state.observation = 'changed';
    await seconds(3);
    take();
    await seconds(10);
    expect(take()).toHaveLength(10);
    state.observation = 'same';
    await seconds(20);
    take();
    inspections.inspectSoon();
    await seconds(1.5);
    expect(take()).toHaveLength(1);
    inspections.stop();
  });

  it.each([
    { state: 'is down', change: { isHealthy: false } },
    { state: 'does not answer', change: { observation: 'silent' } },
  ] as const)('follow each other quickly while a node $state', async ({ change }) => {
    const { take, inspections, state } = group();
    await seconds(10);
    Object.assign(state, change);
    await seconds(3);
    take();
    inspections.inspectSoon();
    await seconds(1);
    expect(take().length).toBeGreaterThanOrEqual(9);
    inspections.stop();
  });

  it('of all idle groups happen at the same moments', async () => {
    const groups = [];
    for (let at = 0; at < 20; at += 1) {
      groups.push(group());
      await vi.advanceTimersByTimeAsync(137);
    }
    await seconds(10);
    for (const { take } of groups) take();
    await seconds(30);
    const moments = new Set(groups.flatMap(({ take }) => take()).map((at) => Math.round(at / 100)));
    expect(moments.size).toBeLessThanOrEqual(11);
    for (const { inspections } of groups) inspections.stop();
  });
});

describe('The observation of a shard', () => {
  const primary = (offset: number) => ({ role: 'primary', offset });

  it('is "same" while the roles are equal, and "silent" if a node does not answer', () => {
    const observations = createObservations();
    expect(observations.compare(new Map([['a', primary(1)]]))).toBe('changed');
    expect(observations.compare(new Map([['a', primary(1)]]))).toBe('same');
    expect(observations.compare(new Map([['a', primary(2)]]))).toBe('changed');
    observations.missed();
    expect(observations.compare(new Map())).toBe('silent');
    expect(observations.compare(new Map([['a', primary(2)]]))).toBe('changed');
  });
});
