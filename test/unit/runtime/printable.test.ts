import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { printable } from '../../../src/runtime/printable.js';

describe('Bytes as text for people', () => {
  it.each([
    ['UTF-8 as it is', Buffer.from('grün 🌱 "quoted" \u00a0'), 'grün 🌱 "quoted" \u00a0'],
    ['control characters', Buffer.from('a\r\nb\0\u001b[2J\u007f\u0085'), 'a\\x0d\\x0ab\\x00\\x1b[2J\\x7f\\xc2\\x85'],
    ['bytes that are no UTF-8', Buffer.from([0xff, 0x61, 0xc3, 0xbc, 0xc3, 0x28]), '\\xffaü\\xc3('],
    ['a character that is cut off', Buffer.from('🌱').subarray(0, 3), '\\xf0\\x9f\\x8c'],
    ['a backslash', Buffer.from('\\xff'), '\\\\xff'],
    ['nothing', Buffer.alloc(0), ''],
  ])('are %s', (_, bytes, text) => {
    expect(printable(bytes)).toBe(text);
  });

  test('differ if the bytes differ', () => {
    const restored = (text: string): Buffer =>
      Buffer.concat(
        [...text.matchAll(/\\x([0-9a-f]{2})|\\\\|[^\\]/gu)].map(([all, hex]) =>
          hex === undefined ? Buffer.from(all === '\\\\' ? '\\' : all) : Buffer.from(hex, 'hex'),
        ),
      );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => restored(printable(Buffer.from(bytes))).equals(bytes)));
  });
});
