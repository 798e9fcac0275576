import type { DecoderOptions, ExtensionCodecType } from '@msgpack/msgpack';
import type { Parsed } from './decoded-value.js';
import { messagePackShape } from './message-pack-shape.js';

/**
 * Parses MessagePack whose outermost value is a map or a list. What JSON cannot express becomes text: integers beyond ±(2^53−1) their digits,
 * infinities and NaN `inf`, `-inf` and `nan`, binary data Base64, timestamps RFC 3339. Other extensions become an object of their type and
 * Base64. Undefined if the bytes are something else, or a key of a map is a list, a map or `__proto__`.
 */
export async function parseMessagePack(bytes: Buffer, maxDepth: number): Promise<Parsed> {
  const shape = messagePackShape(bytes, maxDepth);
  if (shape !== 'fits') return shape === 'too deep' ? shape : undefined;
  const { decode, decodeTimestampToTimeSpec } = await import('@msgpack/msgpack');
  const extensionCodec: ExtensionCodecType<undefined> = {
    tryToEncode: () => null,
    decode: (data, type) =>
      (type === -1 ? timestampOf(data, decodeTimestampToTimeSpec) : undefined) ?? extension(type, data),
  };
  const options: DecoderOptions = { useBigInt64: true, mapKeyConverter: keyOf, extensionCodec };
  try {
    return { json: jsonOf(decode(bytes, options)) };
  } catch {
    return undefined;
  }
}

/** By recursion: the depth is checked. The decoder makes only these values, and changing them in place needs no copy of the tree. */
function jsonOf(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
    case 'number':
      if (Number.isFinite(value)) return value;
      return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) return value.map(jsonOf);
      if (value instanceof Uint8Array) return base64(value);
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonOf(member)]));
    default:
      return value;
  }
}

function keyOf(key: unknown): string {
  if (typeof key === 'object' && key !== null && !(key instanceof Uint8Array))
    throw new Error('A list or map is no key in JSON.');
  return String(jsonOf(key));
}

function extension(type: number, data: Uint8Array) {
  return { extensionType: type, base64: base64(data) };
}

const oneSecond = 1_000_000_000;
/** Years that RFC 3339 can express, in seconds. */
const [firstSecond, lastSecond] = [Date.UTC(0, 0, 1) / 1000, Date.UTC(9999, 11, 31, 23, 59, 59) / 1000];

/** With nanoseconds, which a Date has not; undefined if the time cannot be expressed. */
function timestampOf(
  data: Uint8Array,
  decode: (data: Uint8Array) => { readonly sec: number; readonly nsec: number },
): string | undefined {
  if (![4, 8, 12].includes(data.length)) return undefined;
  const { sec, nsec } = decode(data);
  if (sec < firstSecond || sec > lastSecond || nsec >= oneSecond) return undefined;
  const seconds = new Date(sec * 1000).toISOString().slice(0, -'.000Z'.length);
  const fraction = nsec === 0 ? '' : `.${String(nsec).padStart(9, '0').replace(/0+$/, '')}`;
  return `${seconds}${fraction}Z`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
