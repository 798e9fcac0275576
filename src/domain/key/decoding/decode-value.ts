import { isUtf8 } from 'node:buffer';
import { createSerial } from '../../../runtime/serial.js';
import { ExpectedFailure, invalidInput } from '../../errors.js';
import type { DecodedValue, Decompressed, Parsed, ValueFormat } from './decoded-value.js';
import type { DecodingLimit, DecodingLimits } from './decoding-limits.js';
import { gunzip, isGzip } from './gzip.js';
import { parseJsonText } from './json-text.js';
import { parseMessagePack } from './message-pack.js';
import { decompressZstd } from './zstd.js';
import { isZstd } from './zstd-frames.js';

/**
 * Decodes a value. With `as`, in exactly these formats, outermost first; otherwise in those that are recognised: gzip and zstd by their
 * first bytes, then JSON, then MessagePack.
 * @throws ExpectedFailure INVALID_INPUT if `as` makes no sense; INVALID_STATE if the value is not so, or only beyond a limit
 */
export type ValueDecoder = (value: Buffer, as?: readonly ValueFormat[] | null) => Promise<DecodedValue>;

/** Creates a decoder that calls `onLimit` with each limit that ends a decoding. */
export function createValueDecoder(limits: DecodingLimits, onLimit?: (limit: DecodingLimit) => void): ValueDecoder {
  const { maxDecodedBytes, maxDecodedDepth, maxDecodedLayers } = limits;

  const beginning = (formats: readonly ValueFormat[], bytes: Buffer): DecodedValue => {
    onLimit?.('maxDecodedBytes');
    return { formats, json: null, text: textOf(wholeCharacters(bytes, maxDecodedBytes)), truncated: true };
  };
  const parse = (format: ValueFormat, bytes: Buffer): Promise<Parsed> =>
    inTurn(bytes.length, async () => {
      if (format === 'MESSAGE_PACK') return await parseMessagePack(bytes, maxDecodedDepth);
      const text = textOf(bytes);
      return text === null ? undefined : parseJsonText(text, maxDecodedDepth);
    });
  const decompress = (format: ValueFormat, bytes: Buffer): Promise<Decompressed | undefined> =>
    format === 'GZIP' ? gunzip(bytes, maxDecodedBytes) : inTurn(Infinity, () => decompressZstd(bytes, maxDecodedBytes));

  const detect = async (value: Buffer): Promise<DecodedValue> => {
    const formats: ValueFormat[] = [];
    let bytes = value;
    for (let format = compressionOf(bytes); format; format = compressionOf(bytes)) {
      if (formats.length === maxDecodedLayers) {
        onLimit?.('maxDecodedLayers');
        return { formats, json: null, text: null, truncated: true };
      }
      const found = await decompress(format, bytes);
      // Other bytes may begin in the same way.
      if (!found) break;
      formats.push(format);
      bytes = found.bytes;
      if (!found.isComplete) return beginning(formats, bytes);
    }
    if (bytes.length > maxDecodedBytes) return beginning(formats, bytes);
    let truncated = false;
    for (const format of ['JSON', 'MESSAGE_PACK'] as const) {
      const parsed = await parse(format, bytes);
      if (parsed === 'too deep') truncated = true;
      else if (parsed) return parsedValue([...formats, format], parsed.json, bytes);
    }
    if (truncated) onLimit?.('maxDecodedDepth');
    return { formats, json: null, text: textOf(bytes), truncated };
  };

  const refuse = (limit: DecodingLimit, what: string): ExpectedFailure => {
    onLimit?.(limit);
    return new ExpectedFailure('INVALID_STATE', `Expected a value of ${what} (limits.${limit}).`);
  };
  const decodeAs = async (value: Buffer, as: readonly ValueFormat[]): Promise<DecodedValue> => {
    checkFormats(as, maxDecodedLayers);
    let bytes = value;
    let isComplete = true;
    for (const [at, format] of as.entries()) {
      if (isCompression(format)) {
        const found = await decompress(format, bytes);
        if (!found) throw notOf(format, at);
        ({ bytes, isComplete } = found);
        if (!isComplete && at < as.length - 1)
          throw refuse('maxDecodedBytes', `at most ${maxDecodedBytes} bytes within ${format}`);
      } else {
        if (bytes.length > maxDecodedBytes)
          throw refuse('maxDecodedBytes', `at most ${maxDecodedBytes} bytes of ${format}`);
        const parsed = await parse(format, bytes);
        if (parsed === 'too deep')
          throw refuse('maxDecodedDepth', `at most ${maxDecodedDepth} lists and objects in each other`);
        if (!parsed) throw notOf(format, at);
        return parsedValue(as, parsed.json, bytes);
      }
    }
    if (!isComplete || bytes.length > maxDecodedBytes) return beginning(as, bytes);
    return { formats: as, json: null, text: textOf(bytes), truncated: false };
  };

  return (value, as) => (as == null ? detect(value) : decodeAs(value, as));
}

function parsedValue(formats: readonly ValueFormat[], json: unknown, bytes: Buffer): DecodedValue {
  return { formats, json, text: formats.at(-1) === 'JSON' ? textOf(bytes) : null, truncated: false };
}

function compressionOf(bytes: Buffer): 'GZIP' | 'ZSTD' | undefined {
  if (isGzip(bytes)) return 'GZIP';
  return isZstd(bytes) ? 'ZSTD' : undefined;
}

function isCompression(format: ValueFormat): boolean {
  return format === 'GZIP' || format === 'ZSTD';
}

function checkFormats(as: readonly ValueFormat[], maxLayers: number): void {
  const compressions = as.filter(isCompression).length;
  if (compressions > maxLayers)
    throw invalidInput(`Expected GZIP and ZSTD at most ${maxLayers} times, got ${compressions}.`, ['as']);
  if (as.slice(0, -1).some((format) => !isCompression(format)))
    throw invalidInput('Expected JSON or MESSAGE_PACK only as the last format, because no format is within them.', [
      'as',
    ]);
}

function notOf(format: ValueFormat, at: number): ExpectedFailure {
  const names: Record<ValueFormat, string> = { JSON: 'JSON', MESSAGE_PACK: 'MessagePack', GZIP: 'gzip', ZSTD: 'zstd' };
  const what = at === 0 ? 'the value' : 'the decompressed value';
  return new ExpectedFailure('INVALID_STATE', `Expected ${names[format]}: ${what} is something else, or damaged.`);
}

function textOf(bytes: Buffer): string | null {
  return isUtf8(bytes) ? bytes.toString('utf8') : null;
}

/** At most `length` bytes, without a part of a UTF-8 character at their end. */
function wholeCharacters(bytes: Buffer, length: number): Buffer {
  let end = Math.min(length, bytes.length);
  for (let back = 0; back < 3 && ((bytes[end] ?? 0) & 0xc0) === 0x80; back += 1) end -= 1;
  return bytes.subarray(0, end);
}

const large = createSerial();
const smallBytes = 16_384;

/** Large values are parsed one in each turn of the event loop, so that others are served between a thousand of them. */
function inTurn<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
  if (size <= smallBytes) return work();
  return large(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return await work();
  });
}
