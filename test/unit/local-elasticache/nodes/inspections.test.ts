import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSightings, type Sight } from '../../../../src/local-elasticache/nodes/group/inspection-pace.js';
import { createInspections } from '../../../../src/local-elasticache/nodes/group/inspections.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A group of one shard of which the test says what is seen of it, and when it was inspected. */
function group() {
  const state: { sight: Sight; isWhole: boolean } = { sight: 'same', isWhole: true };
  const at: number[] = [];
  const inspections = createInspections({
    inspect() {
      at.push(Math.round(performance.now()));
      return Promise.resolve([state.sight]);
    },
    isWhole: () => state.isWhole,
    onFailure: () => undefined,
  });
  inspections.start();
  return { state, inspections, take: () => at.splice(0) };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1_000);

describe('The inspections of a group', () => {
  it('become rarer while nothing changes', async () => {
    const { take, inspections } = group();
    await seconds(10);
    take();
    await seconds(30);
    expect(take()).toHaveLength(10);
    inspections.stop();
    await seconds(10);
    expect(take()).toEqual([]);
  });

  it('take place every second while something changes, and after something was asked for', async () => {
    const { take, inspections, state } = group();
    await seconds(10);
    state.sight = 'changed';
    await seconds(3);
    take();
    await seconds(10);
    expect(take()).toHaveLength(10);
    state.sight = 'same';
    await seconds(20);
    take();
    inspections.soon();
    await seconds(1.5);
    expect(take()).toHaveLength(1);
    inspections.stop();
  });

  it.each([
    { what: 'is away', change: { isWhole: false } },
    { what: 'does not answer', change: { sight: 'silent' } },
  ] as const)('follow each other while a node $what', async ({ change }) => {
    const { take, inspections, state } = group();
    await seconds(10);
    Object.assign(state, change);
    await seconds(3);
    take();
    inspections.soon();
    await seconds(1);
    expect(take().length).toBeGreaterThanOrEqual(9);
    inspections.stop();
  });

  it('of all groups at rest share their moments', async () => {
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

describe('What is seen of the nodes of a shard', () => {
  const primary = (offset: number) => ({ role: 'primary', offset });

  it('is the same while they say the same, and silence is neither', () => {
    const sightings = createSightings();
    expect(sightings.compare(new Map([['a', primary(1)]]))).toBe('changed');
    expect(sightings.compare(new Map([['a', primary(1)]]))).toBe('same');
    expect(sightings.compare(new Map([['a', primary(2)]]))).toBe('changed');
    sightings.missed();
    expect(sightings.compare(new Map())).toBe('silent');
    expect(sightings.compare(new Map([['a', primary(2)]]))).toBe('changed');
  });
});
