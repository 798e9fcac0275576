import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScore, scoreArgument, writeScore } from '../../../src/domain/key/score.js';

test('a score as an argument is read as the same double, also -0, infinities and the smallest', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(-0, 0, 5e-324, 1e308, Infinity, -Infinity)),
      (score) => {
        expect(Object.is(readScore(scoreArgument(score)), score)).toBe(true);
      },
    ),
  );
});

test('a score that a client receives is one that it can send, and equal', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (score) => {
      const sent: unknown = JSON.parse(JSON.stringify(writeScore(score)));
      expect(readScore(sent) === score).toBe(true);
    }),
  );
});

test.each([
  NaN,
  Infinity,
  'nan',
  '',
  ' 1',
  '1 ',
  '0x10',
  '1e999',
  '1,5',
  '--1',
  'infinity',
  true,
  null,
  undefined,
  {},
  [],
])('refuses %s as a score', (value) => {
  expect(readScore(value)).toBeUndefined();
});
