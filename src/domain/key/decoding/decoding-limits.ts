import { bytes, count, defaultsOf, type Limits } from '../../../runtime/limit.js';

/** Limits of `StringKey.decoded`. Values may come from anyone, and a few bytes may decompress to gigabytes. */
export const decodingLimits = {
  maxDecodedBytes: bytes(1_048_576, 'bytes that `decoded` decompresses or parses of one value', { max: 67_108_864 }),
  /** The result is written by recursion, which the stack bounds. */
  maxDecodedDepth: count(100, 'lists and objects in each other that `decoded` parses', { max: 500 }),
  maxDecodedLayers: count(4, 'times that `decoded` decompresses one value', { max: 16 }),
};

export type DecodingLimits = Limits<typeof decodingLimits>;
export type DecodingLimit = keyof DecodingLimits;

export const defaultDecodingLimits = defaultsOf(decodingLimits);
