import fc from 'fast-check';
import { expect, test } from 'vitest';
import { union } from '../../../src/datasources/valkey/slot-ranges.js';
import { scanStart } from '../../../src/datasources/valkey/scan-position.js';
import {
  entryCursor,
  entryIdOf,
  fieldsCursor,
  fieldsPositionOf,
  listingCursor,
  listingOf,
} from '../../../src/resolvers/cursor.js';

const scanCursor = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const digest = fc.stringMatching(/^[\w-]{8}$/);
const handedOut = fc.oneof(
  fc.record({ digests: fc.array(digest, { maxLength: 5 }) }),
  fc.record({
    first: fc.record({ length: fc.integer({ min: 1, max: 1000 }), digest, count: fc.integer({ min: 1, max: 500 }) }),
  }),
);
const scan = fc.record({ process: digest, cursor: scanCursor, handedOut });
const slot = fc.integer({ min: 0, max: 16_383 });
const ranges = fc
  .array(
    fc.tuple(slot, slot).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    { minLength: 1, maxLength: 4 },
  )
  .map((all) => union(all, []));

test('a listing goes on exactly where its cursor says, to the last of 64 bits', () => {
  const position = fc.record({
    done: ranges,
    current: fc.tuple(scan, ranges).map(([at, slots]) => ({ ...at, slots })),
  });
  fc.assert(
    fc.property(position, (at) => {
      expect(listingOf(listingCursor(at))).toEqual(at);
    }),
  );
  fc.assert(
    fc.property(ranges, (done) => {
      expect(listingOf(listingCursor({ done }))).toEqual({ done });
    }),
  );
});

test('a page of fields and a page of entries go on where their cursors say', () => {
  fc.assert(
    fc.property(scan, (at) => {
      expect(fieldsPositionOf(fieldsCursor(at))).toEqual(at);
    }),
  );
  expect(entryIdOf(entryCursor('18446744073709551615-1'))).toBe('18446744073709551615-1');
});

test('no other text is taken for a cursor, nor a cursor for one of another connection', () => {
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => listingOf(text)).toThrow(refused);
    }),
  );
  expect(() => listingOf(entryCursor('1-1'))).toThrow(refused);
  expect(() => entryIdOf(fieldsCursor(scanStart))).toThrow(refused);
  const tooLarge = fieldsCursor({ ...scanStart, cursor: String(2n ** 64n) });
  expect(() => fieldsPositionOf(tooLarge)).toThrow(refused);
});

test('a cursor that a client has made up stays short on every edge: its slots are merged, and bounded', () => {
  const cursor = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  const same = Array.from({ length: 500 }, () => [0, 0]);
  expect(listingOf(cursor({ v: 'keys2', d: same }))).toEqual({ done: [[0, 0]] });
  const apart = Array.from({ length: 8_000 }, (_, at) => [2 * at, 2 * at]);
  const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['after'] }) as Error;
  expect(() => listingOf(cursor({ v: 'keys2', d: apart }))).toThrow(refused);
});
