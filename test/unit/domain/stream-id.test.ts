import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareEntryIds, isEntryId, normalEntryId } from '../../../src/domain/realtime/stream-id.js';

const max = 2n ** 64n - 1n;
const part = fc.oneof(fc.bigInt({ min: 0n, max }), fc.constantFrom(0n, 1n, 10n ** 19n - 1n, 10n ** 19n, max));
const id = fc.tuple(part, part);
const zeros = fc.constantFrom('', '0', '00');

test('an entry ID is two unsigned 64-bit numbers', () => {
  fc.assert(
    fc.property(id, ([ms, sequence]) => {
      expect(isEntryId(`${ms}-${sequence}`)).toBe(true);
      expect(isEntryId(String(ms))).toBe(true);
      expect(isEntryId(`${ms}-${max + 1n + sequence}`)).toBe(false);
    }),
  );
  for (const text of ['', '-', '$', '+', '1-', '-1', '1-1-1', 'a', '1-a', ' 1', '1\n', '1.5']) {
    expect(isEntryId(text), text).toBe(false);
  }
});

test('a normal ID has both numbers and no leading zeros', () => {
  fc.assert(
    fc.property(id, zeros, zeros, ([ms, sequence], left, right) => {
      expect(normalEntryId(`${left}${ms}-${right}${sequence}`)).toBe(`${ms}-${sequence}`);
      expect(normalEntryId(`${left}${ms}`)).toBe(`${ms}-0`);
    }),
  );
});

test('IDs are ordered by the first number, then by the second', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      const [first, second] = [a.join('-'), b.join('-')];
      const expected = a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? -1 : a[0] === b[0] && a[1] === b[1] ? 0 : 1;
      expect(compareEntryIds(first, second)).toBe(expected);
    }),
  );
});
