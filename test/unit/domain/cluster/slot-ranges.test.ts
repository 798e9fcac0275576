import { expect, test } from 'vitest';
import { formatSlots, parseSlots, rebalanceSlots } from '../../../../src/domain/cluster/slot-ranges.js';

test('slots are parsed and formatted as ranges', () => {
  expect(parseSlots('0-2,7 9-10')).toEqual([0, 1, 2, 7, 9, 10]);
  expect(parseSlots('')).toEqual([]);
  expect(formatSlots([10, 9, 0, 2, 1, 7])).toBe('0-2,7,9-10');
  expect(formatSlots([])).toBe('');
});

test.each([
  { from: 1, to: 2 },
  { from: 2, to: 3 },
  { from: 3, to: 2 },
  { from: 5, to: 1 },
  { from: 3, to: 500 },
])('from $from to $to shards, the slots are even and as few as possible move', ({ from, to }) => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1).padStart(4, '0'));
  const before = rebalanceSlots([{ id: '0001', slots: '0-16383' }], ids(from));
  const after = rebalanceSlots(before, ids(to));
  const sizes = after.map(({ slots }) => parseSlots(slots).length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  const all = after.flatMap(({ slots }) => parseSlots(slots)).toSorted((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: 16_384 }, (_, slot) => slot));
  const owner = new Map(before.flatMap(({ id, slots }) => parseSlots(slots).map((slot) => [slot, id] as const)));
  const moved = after.flatMap(({ id, slots }) => parseSlots(slots).filter((slot) => owner.get(slot) !== id)).length;
  const needed =
    16_384 -
    after.reduce((kept, { id }, index) => {
      const had = parseSlots(before.find((shard) => shard.id === id)?.slots ?? '').length;
      return kept + Math.min(had, sizes[index]!);
    }, 0);
  expect(moved).toBe(needed);
});

test('an even distribution stays as it is', () => {
  const even = [
    { id: '0001', slots: '0-5461' },
    { id: '0002', slots: '8192-13652' },
    { id: '0003', slots: '5462-8191,13653-16383' },
  ];
  expect(rebalanceSlots(even, ['0001', '0002', '0003'])).toEqual(even);
});
