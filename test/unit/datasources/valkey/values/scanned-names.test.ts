import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { ReturnedNames } from '../../../../../src/datasources/valkey/values/scans/scan-position.js';
import { ScannedNames } from '../../../../../src/datasources/valkey/values/scans/scanned-names.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, createHash: vi.fn(real.createHash) };
});

const start: ReturnedNames = { digests: [] };
const buffers = (names: readonly string[]) => names.map((name) => Buffer.from(name));
const nameOf = ({ name }: { readonly name: Buffer }) => String(name);
const scanned = (names: readonly string[], returned: ReturnedNames, isOrdered = true) =>
  new ScannedNames({ names: buffers(names), count: 10, returned, at: (behind) => behind, isOrdered });
const freshOf = (names: readonly string[], returned: ReturnedNames) => scanned(names, returned).fresh.map(nameOf);
const some = fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 3 }), { minLength: 1, maxLength: 30 });

test('a listing continues exactly after any name of a reply, whatever the order of the reply', () => {
  const shuffled = some.chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.shuffledSubarray(names, { minLength: names.length }),
      fc.nat({ max: names.length - 1 }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([names, again, place]) => {
      const found = scanned(names, start);
      const all = found.fresh.map(nameOf);
      expect(all.toSorted()).toEqual(names.toSorted());
      expect(freshOf(again, found.through(place))).toEqual(all.slice(place + 1));
      expect(freshOf(again, found.behind(place + 1))).toEqual(all.slice(place + 1));
    }),
  );
});

test('a changed reply loses no name, and repeats none after the last name of a page', () => {
  const changed = some.chain((names) =>
    fc.tuple(fc.constant(names), fc.subarray(names), some, fc.nat({ max: names.length - 1 })),
  );
  fc.assert(
    fc.property(changed, ([names, kept, added, place]) => {
      const found = scanned(names, start);
      const before = new Set(found.fresh.slice(0, place + 1).map(nameOf));
      const now = [...new Set([...kept, ...added])];
      // A name that was not in the reply may have existed throughout: a table that has shrunk has fewer and longer replies.
      const waiting = now.filter((name) => !before.has(name));
      expect(freshOf(now, found.through(place))).toEqual(expect.arrayContaining(waiting));
      const behind = freshOf(now, found.behind(place + 1));
      expect(behind).toEqual(expect.arrayContaining(waiting));
      expect(behind.filter((name) => before.has(name))).toEqual([]);
    }),
  );
});

test('names that need no positions keep the order of their reply, and the last name of a page still has one', () => {
  fc.assert(
    fc.property(some, fc.nat(), (names, at) => {
      const place = at % names.length;
      const { fresh } = scanned(names, start, false);
      expect(fresh.map(nameOf)).toEqual(names);
      expect(freshOf(names.toReversed(), fresh[place]!.lastPosition())).toEqual(freshOf(names.slice(place + 1), start));
    }),
  );
});

describe('The cost of positions', () => {
  beforeEach(() => void vi.mocked(crypto.createHash).mockClear());
  const names = Array.from({ length: 1_000 }, (_, index) => `key-${index}`);

  test('is zero unless they are requested', () => {
    expect(scanned(names, start).fresh).toHaveLength(1_000);
    expect(crypto.createHash).not.toHaveBeenCalled();
  });

  test('is one digest of the whole reply if the position after each name is requested', () => {
    const found = scanned(names, start);
    const lengths = found.fresh.map((name) => JSON.stringify(name.position()).length);
    expect(crypto.createHash).toHaveBeenCalledTimes(1);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(3);
  });
});
