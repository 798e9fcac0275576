import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { excessOf } from '../../../src/server/limiting/answer-length.js';

test('an answer is about as long as its JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const length = JSON.stringify(value).length;
      // Escapes take up to six times as much, small values a few characters more or less.
      expect(excessOf(length * 5 + 10, value)).toBeUndefined();
      expect(excessOf(length / 20 - 10, value)).toBe('length');
    }),
  );
});

test('an answer is looked at no further than to the limit', () => {
  const endless = {
    name: 'x',
    get next(): object {
      return endless;
    },
  };
  expect(excessOf(1_000, endless)).toBe('length');
});

test('an answer that nests deeper than the stack is known to', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  expect(excessOf(1_000_000, { data: deep })).toBe('depth');
});
