import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../../src/local-elasticache/actions/shared/paging.js';

const all = Array.from({ length: 45 }, (_, index) => `id-${String(index).padStart(2, '0')}`);
const self = (item: string) => item;

describe('pages of a listing', () => {
  it('contain each item once, in order', () => {
    const seen: string[] = [];
    let Marker: string | undefined;
    do {
      const page = pageOf(all.toReversed(), self, { MaxRecords: 20, Marker });
      seen.push(...page.items);
      Marker = page.marker;
    } while (Marker !== undefined);
    expect(seen).toEqual(all);
  });

  it('continue after a deleted item', () => {
    const { marker } = pageOf(all, self, { MaxRecords: 20 });
    const rest = pageOf(
      all.filter((id) => id !== 'id-19'),
      self,
      { MaxRecords: 100, Marker: marker },
    );
    expect(rest.items[0]).toBe('id-20');
  });

  it('reject sizes that AWS rejects, and unknown markers', () => {
    expect(() => pageOf(all, self, { MaxRecords: 19 })).toThrow(/between 20 and 100/);
    expect(() => pageOf(all, self, { MaxRecords: 101 })).toThrow(/between 20 and 100/);
    expect(() => pageOf(all, self, { Marker: 'nonsense' })).toThrow(/Marker/);
  });
});
