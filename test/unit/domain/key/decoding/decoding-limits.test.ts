import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import { Zstd } from '@hpcc-js/wasm-zstd';
import { describe, expect, it } from 'vitest';
import { createValueDecoder } from '../../../../../src/domain/key/decoding/decode-value.js';
import type { DecodingLimit } from '../../../../../src/domain/key/decoding/decoding-limits.js';
import { gunzip } from '../../../../../src/domain/key/decoding/gzip.js';
import { decompressZstd } from '../../../../../src/domain/key/decoding/zstd.js';

const compressor = await Zstd.load();
const zstd = (bytes: Buffer): Buffer => Buffer.from(compressor.compress(bytes));
const limits = { maxDecodedBytes: 10_000, maxDecodedDepth: 5, maxDecodedLayers: 2 };
const reached: DecodingLimit[] = [];
const decode = createValueDecoder(limits, (limit) => reached.push(limit));
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** 32,000 times 128 KiB of zeros, each in 4 bytes: 4 GiB. */
function runLengthBomb(): Buffer {
  const header = Buffer.from('28b52ffd0058', 'hex');
  const block = Buffer.alloc(4);
  block.writeUIntLE((131_072 << 3) | 2, 0, 3);
  const last = Buffer.from(block);
  last[0] = block[0]! | 1;
  return Buffer.concat([header, ...Array.from({ length: 32_000 }, () => block), last]);
}

const bombs = {
  gzip: gzipSync(Buffer.alloc(50_000_000)),
  zstd: zstd(Buffer.alloc(50_000_000)),
  'zstd of run lengths': runLengthBomb(),
  'zstd of many frames': Buffer.concat(Array.from({ length: 5_000 }, () => zstd(Buffer.from('0123456789')))),
};

describe('A bomb', () => {
  it.each(Object.entries(bombs))('of %s yields no more than the limit', async (_, bomb) => {
    reached.length = 0;
    const decoded = await decode(bomb);
    expect(decoded).toMatchObject({ json: null, truncated: true });
    expect(decoded.text).toHaveLength(limits.maxDecodedBytes);
    expect(reached).toEqual(['maxDecodedBytes']);
  });

  it('is not decompressed beyond the limit', async () => {
    const [fromGzip, fromZstd] = [await gunzip(bombs.gzip, 10_000), await decompressZstd(bombs.zstd, 10_000)];
    // One chunk of zlib, and one block of zstd.
    expect(fromGzip?.bytes.length).toBeLessThanOrEqual(65_536);
    expect(fromZstd?.bytes.length).toBeLessThanOrEqual(131_072);
    expect([fromGzip?.isComplete, fromZstd?.isComplete]).toEqual([false, false]);
  });

  it.each(Object.entries(bombs))('of %s is refused if something is expected within it', async (name, bomb) => {
    const format = name === 'gzip' ? 'GZIP' : 'ZSTD';
    const message = `Expected a value of at most 10000 bytes within ${format} (limits.maxDecodedBytes).`;
    await expect(decode(bomb, [format, 'JSON'])).rejects.toMatchObject({ code: 'INVALID_STATE', message });
    expect(await decode(bomb, [format])).toMatchObject({ formats: [format], truncated: true });
  });

  it('in a bomb is a bomb', async () => {
    const decoded = await decode(gzipSync(zstd(Buffer.alloc(1_000_000, 'a'))));
    expect(decoded).toEqual({ formats: ['GZIP', 'ZSTD'], json: null, text: 'a'.repeat(10_000), truncated: true });
  });
});

describe('A limit', () => {
  it('of layers ends the decoding', async () => {
    const bytes = gzipSync(gzipSync(gzipSync('{}')));
    reached.length = 0;
    expect(await decode(bytes)).toEqual({ formats: ['GZIP', 'GZIP'], json: null, text: null, truncated: true });
    expect(reached).toEqual(['maxDecodedLayers']);
    expect(await decode(gzipSync(gzipSync('{}')))).toMatchObject({ json: {}, truncated: false });
  });

  it('of bytes also holds for a value that is not compressed, whose text ends with a whole character', async () => {
    const text = `${'x'.repeat(9_999)}€ and more`;
    expect(await decode(Buffer.from(text))).toMatchObject({ formats: [], text: 'x'.repeat(9_999), truncated: true });
    expect(await decode(gzipSync(text))).toMatchObject({ text: 'x'.repeat(9_999), truncated: true });
    expect(await decode(Buffer.from(`"${text}"`))).toMatchObject({ formats: [], json: null, truncated: true });
    const message = 'Expected a value of at most 10000 bytes of JSON (limits.maxDecodedBytes).';
    await expect(decode(Buffer.from(`"${text}"`), ['JSON'])).rejects.toMatchObject({ code: 'INVALID_STATE', message });
    expect(await decode(Buffer.from('x'.repeat(10_000)))).toMatchObject({ truncated: false });
  });

  it('of depth leaves JSON as text', async () => {
    reached.length = 0;
    expect(await decode(Buffer.from(nested(5)))).toMatchObject({ formats: ['JSON'], truncated: false });
    expect(await decode(Buffer.from(nested(6)))).toEqual({ formats: [], json: null, text: nested(6), truncated: true });
    expect(reached).toEqual(['maxDecodedDepth']);
    expect(await decode(Buffer.from(`["${'['.repeat(99)}\\"[[["]`))).toMatchObject({ formats: ['JSON'] });
    await expect(decode(Buffer.from(nested(6)), ['JSON'])).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  it('of depth leaves MessagePack as bytes', async () => {
    const packed = (depth: number): Buffer => Buffer.from(encode(JSON.parse(nested(depth))));
    expect(await decode(packed(5))).toMatchObject({
      formats: ['MESSAGE_PACK'],
      json: JSON.parse(nested(5)) as unknown,
    });
    expect(await decode(packed(6))).toEqual({ formats: [], json: null, text: null, truncated: true });
    await expect(decode(packed(6), ['MESSAGE_PACK'])).rejects.toThrow('at most 5 lists and objects in each other');
  });

  it('of depth is checked without recursion', async () => {
    const deep = createValueDecoder({ ...limits, maxDecodedBytes: 4_000_000 });
    expect(await deep(Buffer.from(nested(1_000_000)))).toMatchObject({ json: null, truncated: true });
    expect(await deep(Buffer.alloc(1_000_000, 0x91))).toMatchObject({ json: null, truncated: true });
  });
});

describe('Values of many callers', () => {
  it('are all decoded, each as its own', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => `${at} ${'x'.repeat(9_000)}`);
    const decoded = await Promise.all(
      texts.map((text, at) => decode(at % 2 ? gzipSync(text) : zstd(Buffer.from(text)))),
    );
    expect(decoded.map(({ text }) => text)).toEqual(texts);
  });
});
