import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonPrefixes } from '../../../../../src/datasources/valkey/connections/tracking/common-prefixes.js';

describe('The common prefixes of names', () => {
  it('are as long as their number allows', () => {
    const names = ['user:1', 'user:2', 'user:30', 'cart:1', 'cart:2'];
    expect(commonPrefixes(names, 1)).toBeUndefined();
    expect(commonPrefixes(names, 2)?.toSorted()).toEqual(['cart:', 'user:']);
    expect(commonPrefixes(names, 3)?.toSorted()).toEqual(['cart:1', 'cart:2', 'user:']);
    expect(commonPrefixes(names, 5)?.toSorted()).toEqual(names.toSorted());
    expect(commonPrefixes(['user:1'], 5)).toEqual(['user:1']);
  });

  it('do not exist if a name is empty or there are too many beginnings', () => {
    expect(commonPrefixes(['', 'a'], 16)).toBeUndefined();
    expect(commonPrefixes(['a', 'b', 'c'], 2)).toBeUndefined();
  });

  it('cover all names, and none begins with another', () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', ':', '\xff', '\0'), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 16 }),
        (names, most) => {
          const prefixes = commonPrefixes(names, most);
          if (!prefixes) return;
          expect(prefixes.length).toBeLessThanOrEqual(most);
          expect(prefixes).not.toContain('');
          for (const each of names) expect(prefixes.filter((prefix) => each.startsWith(prefix))).toHaveLength(1);
          for (const one of prefixes) {
            expect(prefixes.filter((other) => other !== one && other.startsWith(one))).toEqual([]);
          }
        },
      ),
    );
  });
});
