import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessagePack } from '../../../../../src/domain/key/decoding/message-pack.js';
import { messagePackShape } from '../../../../../src/domain/key/decoding/message-pack-shape.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const parse = (text: string) => parseMessagePack(hex(text), 100);

describe('MessagePack as JSON', () => {
  it.each([
    ['positive integers', '94 00 cc ff cd ffff ce ffffffff', [0, 255, 65_535, 4_294_967_295]],
    ['negative integers', '94 ff d0 80 d1 8000 d2 80000000', [-1, -128, -32_768, -2_147_483_648]],
    ['64-bit integers that a double holds', '92 cf 001fffffffffffff d3 ffe0000000000001', [2 ** 53 - 1, 1 - 2 ** 53]],
    [
      'the smallest that it does not',
      '92 cf 0020000000000000 d3 ffe0000000000000',
      ['9007199254740992', '-9007199254740992'],
    ],
    ['the largest', '92 cf ffffffffffffffff d3 8000000000000000', ['18446744073709551615', '-9223372036854775808']],
    ['doubles', '92 cb 3ff8000000000000 ca 3fc00000', [1.5, 1.5]],
    ['infinities and NaN', '93 cb 7ff0000000000000 ca ff800000 cb 7ff8000000000000', ['inf', '-inf', 'nan']],
    ['nil and booleans', '93 c0 c2 c3', [null, false, true]],
    ['binary data', '92 c4 02 fffe c4 00', ['//4=', '']],
    [
      'keys of all kinds',
      '86 01 00 c0 01 c3 02 c4 01 ff 03 cf ffffffffffffffff 04 a1 61 05',
      { 1: 0, null: 1, true: 2, '/w==': 3, '18446744073709551615': 4, a: 5 },
    ],
    [
      'timestamps',
      '93 d6 ff 65920080 d7 ff 773593fc 65920080 c7 0c ff 00000001 ffffffffffffffff',
      ['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.499999999Z', '1969-12-31T23:59:59.000000001Z'],
    ],
    [
      'timestamps beyond RFC 3339',
      '91 c7 0c ff 00000000 7fffffffffffffff',
      [{ extensionType: -1, base64: 'AAAAAH//////////' }],
    ],
    [
      'other extensions',
      '92 d4 05 aa c7 00 80',
      [
        { extensionType: 5, base64: 'qg==' },
        { extensionType: -128, base64: '' },
      ],
    ],
    ['long forms of lengths', 'de 0001 d9 01 61 dd 00000001 db 00000001 62', { a: ['b'] }],
  ])('has %s', async (_, bytes, json) => {
    expect(await parse(bytes)).toEqual({ json });
  });

  it.each([
    ['a number', '01'],
    ['a text', 'a1 61'],
    ['more than one value', '90 90'],
    ['the unused marker', '91 c1'],
    ['a text that is not UTF-8', '91 a1 ff'],
    ['a missing element', '92 01'],
    ['a missing value of a key', '81 01'],
    ['an incomplete text', '91 a5 61'],
    ['an incomplete length', '91 d9'],
    ['a list as a key', '81 90 01'],
    ['nothing', ''],
  ])('is not %s', async (_, bytes) => {
    expect(await parse(bytes)).toBeUndefined();
  });

  it.each([
    'dd ffffffff',
    'df ffffffff',
    'dc ffff',
    '91 dd 7fffffff',
    '91 c6 ffffffff',
    '91 db ffffffff',
    '91 c9 ffffffff 01',
  ])('does not announce more than exists: %s', (bytes) => {
    expect(messagePackShape(hex(bytes), 100)).toBe('other');
  });

  it('is limited by all that its lists announce together', () => {
    // Each of 20 lists announces as many elements as there are bytes.
    expect(messagePackShape(Buffer.concat([Buffer.alloc(20, 0x9f), Buffer.alloc(20)]), 100)).toBe('other');
  });

  it('has its shape only if the library decodes it, and never without its end', () => {
    const values = fc.array(fc.anything({ withBigInt: false, withDate: true, withTypedArray: false, maxDepth: 3 }));
    const bytes = fc.oneof(
      values.map((value) => Buffer.from(encode(JSON.parse(JSON.stringify(value))))),
      fc
        .uint8Array({ minLength: 1, maxLength: 40 })
        .map((rest) => Buffer.from([0x80 | (rest[0]! & 0x1f), ...rest.slice(1)])),
    );
    fc.assert(
      fc.property(bytes, fc.nat(), (whole, cut) => {
        // The library refuses this key.
        fc.pre(!whole.includes('__proto__'));
        for (const part of [whole, whole.subarray(0, cut % (whole.length + 1))]) {
          if (messagePackShape(part, 1_000) !== 'fits') continue;
          const keyed = { mapKeyConverter: (key: unknown) => `key ${typeof key}`, useBigInt64: true };
          expect(() => decode(part, keyed)).not.toThrow();
        }
        const isPart = cut % (whole.length + 1) < whole.length;
        if (isPart && messagePackShape(whole, 1_000) === 'fits')
          expect(messagePackShape(whole.subarray(0, cut % (whole.length + 1)), 1_000)).toBe('other');
      }),
      { numRuns: 1_000, interruptAfterTimeLimit: 20_000 },
    );
  });
});
