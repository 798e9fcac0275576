import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isLongerThan } from '../../../src/server/limiting/answer-length.js';

test('an answer is about as long as its JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const length = JSON.stringify(value).length;
      // Escapes take up to six times as much, small values a few characters more or less.
      expect(isLongerThan(length * 5 + 10, value)).toBe(false);
      expect(isLongerThan(length / 20 - 10, value)).toBe(true);
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
  expect(isLongerThan(1_000, endless)).toBe(true);
});
