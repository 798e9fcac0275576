import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  intersect,
  isServed,
  lowestUnserved,
  union,
} from '../../../../../src/datasources/valkey/values/scans/slot-ranges.js';

const range = fc
  .tuple(fc.integer({ min: 0, max: 16_383 }), fc.integer({ min: 0, max: 50 }))
  .map(([first, length]) => [first, Math.min(first + length, 16_383)] as const);
const ranges = fc.array(range, { maxLength: 6 }).map((all) => union(all, []));
const slots = fc.integer({ min: 0, max: 16_383 });

test('a union contains the slots of either range, and an intersection those of both', () => {
  fc.assert(
    fc.property(ranges, ranges, slots, (left, right, slot) => {
      const inLeft = isServed(left, slot);
      const inRight = isServed(right, slot);
      expect(isServed(union(left, right), slot)).toBe(inLeft || inRight);
      expect(isServed(intersect(left, right), slot)).toBe(inLeft && inRight);
    }),
  );
});

test('the lowest missing slot is found, until no slot is missing', () => {
  expect(lowestUnserved([])).toBe(0);
  expect(lowestUnserved([[0, 16_383]])).toBeUndefined();
  expect(lowestUnserved(union([[0, 5]], [[6, 10]]))).toBe(11);
  fc.assert(
    fc.property(ranges, (some) => {
      const lowest = lowestUnserved(union(some, []));
      if (lowest === undefined) return;
      expect(isServed(some, lowest)).toBe(false);
      expect(lowest === 0 || isServed(some, lowest - 1)).toBe(true);
    }),
  );
});
