import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { excessOf } from '../../../../src/server/limits/result-size.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

test('the size of a result equals the length of its JSON in UTF-8', () => {
  const text = fc.string({ unit: 'binary' });
  const anyText = fc.oneof(
    text,
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  );
  const leaf = fc.oneof(
    anyText,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') }),
  );
  const { answer } = fc.letrec((tie) => ({
    answer: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie('answer')), fc.dictionary(anyText, tie('answer'))),
  }));
  fc.assert(
    fc.property(answer, (value) => {
      const bytes = bytesOf(value);
      expect(excessOf(bytes, value)).toBeUndefined();
      expect(excessOf(bytes - 1, value)).toBe('length');
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['control characters', '\u0000\u001f\u000b'],
  ['control characters with a short escape', '\b\t\n\f\r'],
  ['quotes and backslashes', '"\\"'],
  ['lone surrogates', '\ud800x\udc00\udc00\ud800'],
  ['letters of two, three and four bytes', 'é\u2028€😀'],
])('%s are counted as JSON.stringify writes them', (_, text) => {
  const value = { data: [text.repeat(1_000)], ['n' + text]: 1, left: undefined };
  expect(excessOf(bytesOf(value), value)).toBeUndefined();
  expect(excessOf(bytesOf(value) - 1, value)).toBe('length');
});

test('measuring a result stops at the limit', () => {
  const endless = {
    name: 'x',
    get next(): object {
      return endless;
    },
  };
  expect(excessOf(1_000, endless)).toBe('length');
});

test('a result that nests deeper than the call stack is recognised', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  expect(excessOf(1_000_000, { data: deep })).toBe('depth');
});
