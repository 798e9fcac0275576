import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { Zstd } from '@hpcc-js/wasm-zstd';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValueDecoder } from '../../../../../src/domain/key/decoding/decode-value.js';
import type { ValueFormat } from '../../../../../src/domain/key/decoding/decoded-value.js';
import { defaultDecodingLimits as limits } from '../../../../../src/domain/key/decoding/decoding-limits.js';

const compressor = await Zstd.load();
const zstd = (bytes: Buffer): Buffer => Buffer.from(compressor.compress(bytes));
const gzip = (bytes: Buffer): Buffer => gzipSync(bytes);
const pack = (value: unknown): Buffer => Buffer.from(encode(value));
const jsonBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const decode = createValueDecoder(limits);
const undecoded = { formats: [], json: null, truncated: false };

/** Without `-0`, which JSON has not, and integers that are decoded as text. */
const jsonValues = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value, safeNumber)) as unknown);
const safeNumber = (_key: string, value: unknown): unknown =>
  Number.isInteger(value) && !Number.isSafeInteger(value) ? 0.5 : value;
const hasProtoKey = (value: unknown): boolean => JSON.stringify(value).includes('__proto__');
const layers = fc.array(fc.constantFrom<ValueFormat>('GZIP', 'ZSTD'), { maxLength: limits.maxDecodedLayers });
const wrap = (formats: readonly ValueFormat[], bytes: Buffer): Buffer =>
  formats.toReversed().reduce((inner, format) => (format === 'GZIP' ? gzip(inner) : zstd(inner)), bytes);

describe('A value', () => {
  it('of JSON in any layers of gzip and zstd is found again, with and without `as`', async () => {
    await fc.assert(
      fc.asyncProperty(layers, jsonValues, async (outer, value) => {
        fc.pre(!hasProtoKey(value));
        const bytes = wrap(outer, jsonBytes(value));
        const formats = [...outer, 'JSON'] as const;
        const expected = { formats, json: value, text: JSON.stringify(value), truncated: false };
        expect(await decode(bytes)).toEqual(expected);
        expect(await decode(bytes, formats)).toEqual(expected);
      }),
      { interruptAfterTimeLimit: 20_000 },
    );
  });

  it('of MessagePack in any layers is found again, with and without `as`', async () => {
    const containers = jsonValues.filter((value) => typeof value === 'object' && value !== null && !hasProtoKey(value));
    await fc.assert(
      fc.asyncProperty(layers, containers, async (outer, value) => {
        const bytes = wrap(outer, pack(value));
        const formats = [...outer, 'MESSAGE_PACK'] as const;
        const expected = { formats, json: value, text: null, truncated: false };
        expect(await decode(bytes)).toEqual(expected);
        expect(await decode(bytes, formats)).toEqual(expected);
      }),
      { interruptAfterTimeLimit: 20_000 },
    );
  });

  it('of any other text is that text, and of any bytes never fails', async () => {
    expect(await decode(Buffer.from('hello'))).toEqual({ ...undecoded, text: 'hello' });
    expect(await decode(Buffer.alloc(0))).toEqual({ ...undecoded, text: '' });
    expect(await decode(gzip(Buffer.from('hello')))).toEqual({ ...undecoded, formats: ['GZIP'], text: 'hello' });
    expect(await decode(zstd(Buffer.alloc(0)))).toEqual({ ...undecoded, formats: ['ZSTD'], text: '' });
    expect(await decode(Buffer.from([0xff, 0xfe]))).toEqual({ ...undecoded, text: null });
    const beginnings = ['', '1f8b08', '28b52ffd', '8', '9', 'de', 'dd', '7b'].map((hex) => Buffer.from(hex, 'hex'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 100 }), async (beginning, rest) => {
        await expect(decode(Buffer.concat([beginning, rest]))).resolves.toHaveProperty('truncated');
      }),
      { numRuns: 2_000, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('that is compressed but incomplete, damaged or followed by other bytes is not decoded', async () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, at) => at * at).join(' '));
    for (const bytes of [gzip(text), zstd(text)]) {
      const damaged = Buffer.from(bytes);
      const middle = Math.floor(bytes.length / 2);
      damaged.fill(0x5a, middle, middle + 40);
      const all = [bytes.subarray(0, -1), bytes.subarray(0, 20), damaged, Buffer.concat([bytes, Buffer.from('more')])];
      for (const wrong of all) expect(await decode(wrong)).toMatchObject({ formats: [], text: null });
    }
  });

  it('of several gzip members or zstd frames is all of them', async () => {
    const [first, second] = [Buffer.from('{"a":'), Buffer.from('1}')];
    const skipped = Buffer.from('5a2a4d1803000000aabbcc', 'hex');
    expect(await decode(Buffer.concat([gzip(first), gzip(second)]))).toMatchObject({ json: { a: 1 } });
    const frames = [zstd(first), skipped, zstd(Buffer.alloc(0)), zstd(second)];
    expect(await decode(Buffer.concat(frames))).toMatchObject({ formats: ['ZSTD', 'JSON'], json: { a: 1 } });
  });
});

describe('Exact numbers', () => {
  it.each([
    ['[9007199254740991, -9007199254740991]', [9007199254740991, -9007199254740991]],
    ['[9007199254740993, -9223372036854775808]', ['9007199254740993', '-9223372036854775808']],
    ['{"id": 18446744073709551615, "n": 0.1}', { id: '18446744073709551615', n: 0.1 }],
    ['[1e400, 1.5e3, 0.30000000000000004]', ['1e400', 1500, 0.30000000000000004]],
    ['[-1234567890123456.5e300, 1234567890123456e-300]', ['-1234567890123456.5e300', 1234567890123456e-300]],
    ['9007199254740993', '9007199254740993'],
    ['"9007199254740993 [{"', '9007199254740993 [{'],
    ['null', null],
  ])('of JSON: %s', async (text, json) => {
    expect(await decode(Buffer.from(text))).toEqual({ formats: ['JSON'], json, text, truncated: false });
  });

  it('of JSON and MessagePack are all 64-bit integers', async () => {
    const integers = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n });
    const near = fc
      .integer({ min: -3, max: 3 })
      .chain((by) => fc.constantFrom(2n ** 53n + BigInt(by), -(2n ** 53n) + BigInt(by)));
    await fc.assert(
      fc.asyncProperty(fc.oneof(integers, near), async (integer) => {
        const isSafe = Number.isSafeInteger(Number(integer)) && BigInt(Number(integer)) === integer;
        const expected = { json: [isSafe ? Number(integer) : String(integer)] };
        expect(await decode(Buffer.from(`[${integer}]`))).toMatchObject(expected);
        expect(await decode(Buffer.from(encode([integer], { useBigInt64: true })))).toMatchObject(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('are no way to make JSON of other text', async () => {
    const text = '[9007199254740993-5]';
    expect(await decode(Buffer.from(text))).toEqual({ ...undecoded, text });
  });
});

describe('A key `__proto__`', () => {
  it.each(['{"__proto__": {"admin": true}}', '[{"\\u005f_proto__": 1}]'])('makes JSON text: %s', async (text) => {
    expect(await decode(Buffer.from(text))).toEqual({ ...undecoded, text });
    await expect(decode(Buffer.from(text), ['JSON'])).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('makes MessagePack bytes', async () => {
    const bytes = Buffer.concat([Buffer.from([0x81, 0xa9]), Buffer.from('__proto__'), Buffer.from([0x01])]);
    expect(await decode(bytes)).toEqual({ ...undecoded, text: null });
    const binaryKey = Buffer.concat([Buffer.from([0x81, 0xc4, 9]), Buffer.from('__proto__'), Buffer.from([0x01])]);
    expect(await decode(binaryKey)).toMatchObject({ json: { X19wcm90b19f: 1 } });
  });
});

describe('`as`', () => {
  it('decodes no more than it names', async () => {
    const bytes = gzip(jsonBytes({ a: 1 }));
    expect(await decode(bytes, [])).toEqual({ ...undecoded, text: null });
    expect(await decode(bytes, ['GZIP'])).toEqual({ ...undecoded, formats: ['GZIP'], text: '{"a":1}' });
  });

  it.each<[ValueFormat[], string]>([
    [['GZIP'], 'Expected gzip: the value is something else, or damaged.'],
    [['ZSTD', 'JSON'], 'Expected zstd: the value is something else, or damaged.'],
    [['JSON'], 'Expected JSON: the value is something else, or damaged.'],
    [['MESSAGE_PACK'], 'Expected MessagePack: the value is something else, or damaged.'],
  ])('%j refuses other values', async (as, message) => {
    await expect(decode(Buffer.from('hello'), as)).rejects.toMatchObject({ code: 'INVALID_STATE', message });
  });

  it('refuses what is something else within a compression', async () => {
    const message = 'Expected JSON: the decompressed value is something else, or damaged.';
    await expect(decode(gzip(Buffer.from('hello')), ['GZIP', 'JSON'])).rejects.toMatchObject({ message });
  });

  it.each<[ValueFormat[], string]>([
    [['JSON', 'GZIP'], 'Expected JSON or MESSAGE_PACK only as the last format'],
    [['GZIP', 'GZIP', 'GZIP', 'ZSTD', 'GZIP'], 'Expected GZIP and ZSTD at most 4 times, got 5.'],
  ])('%j is refused', async (as, message) => {
    const refused = { code: 'INVALID_INPUT', inputPath: ['as'], message: expect.stringContaining(message) as string };
    await expect(decode(Buffer.from('hello'), as)).rejects.toMatchObject(refused);
  });
});
