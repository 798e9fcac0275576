import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canMatchWithin, createGlob } from '../../../src/runtime/glob.js';
import { canMatchKeyEvents, isKeyEventChannel } from '../../../src/domain/realtime/key-event-channels.js';

const alphabet = Array.from('ab]*?[^\\');
/** All names of at most `length` letters. */
const names = (length: number): string[] =>
  length === 0 ? [''] : ['', ...alphabet.flatMap((letter) => names(length - 1).map((rest) => letter + rest))];
// Four letters suffice: a pattern below has at most three steps, and a star matches the prefix of two letters.
const all = [...new Set(names(4))];

test('canMatchWithin is true exactly if the pattern matches some name with the prefix', () => {
  const pattern = fc
    .array(fc.constantFrom(...Array.from('ab]*?[^\\')), { maxLength: 3 })
    .map((parts) => parts.join(''));
  const prefix = fc.array(fc.constantFrom(...alphabet), { maxLength: 2 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pattern, prefix, (text, start) => {
      const matches = createGlob(Buffer.from(text));
      const isMatched = all.some((name) => name.startsWith(start) && matches(Buffer.from(name)));
      expect(canMatchWithin(Buffer.from(text), Buffer.from(start)), `${text} ${start}`).toBe(isMatched);
    }),
    { numRuns: 500 },
  );
});

test('canMatchKeyEvents distinguishes patterns that can match key events from those that cannot', () => {
  const can = [
    '*',
    '__key*',
    '_*',
    '?_keyevent*',
    '[_]_key*',
    '*set',
    '__keyspace@0__:orders',
    '\\__keyevent@*',
    '?'.repeat(11),
  ];
  const cannot = ['news.*', '__key', '__keyevent', '_key*', '[^_]*', '__keyevent@[]', '?'.repeat(10), ''];
  expect(can.filter((pattern) => !canMatchKeyEvents(Buffer.from(pattern)))).toEqual([]);
  expect(cannot.filter((pattern) => canMatchKeyEvents(Buffer.from(pattern)))).toEqual([]);
  expect(isKeyEventChannel(Buffer.from('__keyevent@0__:set'))).toBe(true);
  expect(isKeyEventChannel(Buffer.from('__keyevents'))).toBe(false);
});

/** A name that counts the reads of its bytes. */
function countingName(bytes: Buffer): { readonly name: Buffer; readonly reads: () => number } {
  let reads = 0;
  const name = new Proxy(bytes, {
    get(target, property) {
      if (typeof property === 'string' && /^\d+$/.test(property)) reads += 1;
      const value: unknown = Reflect.get(target, property, target);
      return value;
    },
  });
  return { name, reads: () => reads };
}

test.each([
  '*a'.repeat(127) + '*b',
  '*'.repeat(256),
  `*${'a'.repeat(254)}b`,
  `*[${'b'.repeat(253)}]`,
  '*?'.repeat(127) + 'b',
  '*[ab]'.repeat(50) + 'c',
  '*aaaaaaab'.repeat(28),
])('each byte of a name is read once, whatever the pattern: %s', (pattern) => {
  const { name, reads } = countingName(Buffer.from('a'.repeat(2_000)));
  createGlob(Buffer.from(pattern))(name);
  expect(reads()).toBeLessThanOrEqual(2_000);
});
