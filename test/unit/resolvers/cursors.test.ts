import fc from 'fast-check';
import { expect, test } from 'vitest';
import { union } from '../../../src/datasources/valkey/values/scans/slot-ranges.js';
import { scanStart } from '../../../src/datasources/valkey/values/scans/scan-position.js';
import { entryCursor, entryIdOf } from '../../../src/resolvers/shared/cursor.js';
import { cursorScope } from '../../../src/resolvers/key/cursor-scope.js';
import { elementCursor, placeOfCursor } from '../../../src/resolvers/key/list/list-cursor.js';
import { packSlots, unpackSlots } from '../../../src/resolvers/key/packed-slots.js';
import {
  hashFieldCursors,
  listingCursors,
  listingOf,
  setMemberCursors,
  sortedSetMemberCursors,
} from '../../../src/resolvers/key/scan-cursor.js';

const scope = cursorScope({ cluster: 'orders', name: Buffer.from('k') });
const fieldsCursors = () => hashFieldCursors.cursors(scope);
const fieldsPositionOf = (cursor: string) => hashFieldCursors.positionOf(cursor, scope);

const scanCursor = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const digest = fc.stringMatching(/^[\w-]{8}$/);
const returned = fc.oneof(
  fc.record({ digests: fc.array(digest, { maxLength: 5 }) }),
  fc.record({
    first: fc.integer({ min: 1, max: 1_000_000 }),
    of: fc.record({ digest, count: fc.integer({ min: 1, max: 500 }) }),
  }),
);
const scan = fc.record({ process: digest, cursor: scanCursor, returned });
const slot = fc.integer({ min: 0, max: 16_383 });
const ranges = fc
  .array(
    fc.tuple(slot, slot).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => union(all, []));

test('a listing cursor keeps its position exactly, including 64-bit scan cursors', () => {
  const position = fc.record({
    done: ranges,
    current: fc.tuple(scan, ranges).map(([at, slots]) => ({ ...at, slots })),
  });
  fc.assert(
    fc.property(position, (at) => {
      expect(listingOf(listingCursors(scope)(at), scope)).toEqual(at);
    }),
  );
  fc.assert(
    fc.property(ranges, (done) => {
      expect(listingOf(listingCursors(scope)({ done }), scope)).toEqual({ done });
    }),
  );
});

test('cursors of fields and of entries keep their positions', () => {
  fc.assert(
    fc.property(scan, (at) => {
      expect(fieldsPositionOf(fieldsCursors()(at))).toEqual(at);
    }),
  );
  expect(entryIdOf(entryCursor('18446744073709551615-1'))).toBe('18446744073709551615-1');
});

test('cursors of fields, members and scored members keep their positions, and each kind refuses the others', () => {
  const kinds = [hashFieldCursors, setMemberCursors, sortedSetMemberCursors];
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  fc.assert(
    fc.property(scan, (at) => {
      for (const kind of kinds) {
        const cursor = kind.cursors(scope)(at);
        for (const reader of kinds) {
          if (reader === kind) expect(reader.positionOf(cursor, scope)).toEqual(at);
          else expect(() => reader.positionOf(cursor, scope)).toThrow(refused);
        }
      }
    }),
  );
});

test('a cursor belongs to one key of one cluster', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  const bytes = fc.uint8Array({ maxLength: 6 }).map((all) => Buffer.from(all));
  const keys = fc.record({ cluster: fc.constantFrom('orders', 'billing', 'a'), name: bytes });
  const isSame = (one: { cluster: string; name: Buffer }, other: { cluster: string; name: Buffer }) =>
    one.cluster === other.cluster && one.name.equals(other.name);
  fc.assert(
    fc.property(scan, keys, keys, (at, one, other) => {
      const read = (cursor: string) => hashFieldCursors.positionOf(cursor, cursorScope(other));
      const cursor = hashFieldCursors.cursors(cursorScope(one))(at);
      if (isSame(one, other)) expect(read(cursor)).toEqual(at);
      else expect(() => read(cursor)).toThrow(refused);
    }),
  );
  expect(cursorScope({ cluster: 'Orders', name: Buffer.from('k') })).toBe(scope);
  const ofKeys = listingCursors(cursorScope({ cluster: 'orders' }))({ done: [[0, 100]] });
  expect(() => listingOf(ofKeys, cursorScope({ cluster: 'billing' }))).toThrow(refused);
});

test('a cursor of a list keeps its place, and is refused for the other order', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.boolean(), (place, reverse) => {
      const cursor = elementCursor(scope, place, reverse);
      expect(placeOfCursor(cursor, scope, reverse)).toBe(place);
      expect(() => placeOfCursor(cursor, scope, !reverse)).toThrow(refused);
    }),
  );
  for (const cursor of [entryCursor('1-1'), fieldsCursors()(scanStart), '', 'x']) {
    expect(() => placeOfCursor(cursor, scope, false)).toThrow(refused);
  }
});

test('each cursor of a page keeps its own position', () => {
  const pages = fc.array(fc.tuple(scan, ranges, ranges), { minLength: 2, maxLength: 6 }).chain((replies) =>
    // Some positions of each reply, as those of a page are.
    fc.array(fc.tuple(fc.constantFrom(...replies), returned), { minLength: 2, maxLength: 12 }),
  );
  fc.assert(
    fc.property(pages, (positions) => {
      const [listing, fields] = [listingCursors(scope), fieldsCursors()];
      for (const [[at, done, slots], returned] of positions) {
        const position = { ...at, returned };
        expect(fieldsPositionOf(fields(position))).toEqual(position);
        expect(listingOf(listing({ done, current: { ...position, slots } }), scope)).toEqual({
          done,
          current: { ...position, slots },
        });
      }
    }),
  );
});

test('a cursor whose second part is malformed, too long or missing is refused', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  const inDigests = fieldsCursors()({ ...scanStart, returned: { digests: ['abcdefgh'] } });
  const inPlaces = fieldsCursors()({ ...scanStart, returned: { first: 3, of: { digest: 'abcdefgh', count: 10 } } });
  const [digests = '', places = ''] = [inDigests, inPlaces].map((cursor) => cursor.slice(0, cursor.indexOf('.')));
  const forged = [digests, `${digests}.a`, `${digests}.abcdefg!`, places, `${places}.`, `${places}.0`, `${places}.1e3`];
  for (const cursor of [...forged, `${places}.12345678`, `${digests}.${'abcdefgh'.repeat(100_001)}`]) {
    expect(() => fieldsPositionOf(cursor)).toThrow(refused);
  }
  const padded = Buffer.from(JSON.stringify({ v: 'keys5', k: scope, d: '' }) + ' '.repeat(10_000)).toString(
    'base64url',
  );
  expect(() => listingOf(`${padded}.`, scope)).toThrow(refused);
});

test('other text, and cursors of other connections, are refused', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => listingOf(text, scope)).toThrow(refused);
    }),
  );
  expect(() => listingOf(entryCursor('1-1'), scope)).toThrow(refused);
  expect(() => entryIdOf(fieldsCursors()(scanStart))).toThrow(refused);
  const tooLarge = fieldsCursors()({ ...scanStart, cursor: String(2n ** 64n) });
  expect(() => fieldsPositionOf(tooLarge)).toThrow(refused);
});

const apart = (count: number, step: number) =>
  Array.from({ length: count }, (_, at) => [step * at, step * at] as const);

test.each([513, 1_000, 1_365, 2_048, 8_192])(
  'a cluster whose slots fall into %i ranges is listed to its end by cursors that stay short',
  (count) => {
    const done = apart(count, Math.floor(16_384 / count));
    const slots = done.map(([slot]) => [slot + 1, slot + 1] as const);
    for (const position of [
      { done },
      { done, current: { ...scanStart, process: 'abcdefgh', cursor: '7', slots: union(slots, []) } },
    ]) {
      const cursor = listingCursors(scope)(position);
      expect(listingOf(cursor, scope)).toEqual(position);
      expect(cursor.length).toBeLessThan(7_400);
    }
  },
);

test('slots have exactly one encoding, and any other text is refused', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...['A', 'Q', 'g', 'H', '_', '-', 'E', 'w', '8']), maxLength: 12 }),
      (text) => {
        const slots = unpackSlots(text);
        if (!slots) return;
        expect(packSlots(slots)).toBe(text);
        expect(slots).toEqual(union(slots, []));
        expect(slots.every(([first, last]) => first <= last && last < 16_384)).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(unpackSlots('A'.repeat(2_731))).toBeUndefined();
  expect(unpackSlots('A'.repeat(1_000_000))).toBeUndefined();
});
