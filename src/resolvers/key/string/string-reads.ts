import type { KeySnapshot } from '../../../datasources/valkey/values/keys/key-snapshot.js';
import {
  countBits,
  readBit,
  readCardinality,
  readRange,
  type BitUnit,
} from '../../../datasources/valkey/values/string/string-reads.js';
import { encodeBytes, type Encoding } from '../../../domain/encoding.js';
import { invalidInput } from '../../../domain/errors.js';

interface RangeArgs {
  readonly start: number;
  readonly end: number;
  readonly valueEncoding: Encoding;
}

/** Null if the bytes are not valid in the encoding. */
export async function range(reading: KeySnapshot, { start, end, valueEncoding }: RangeArgs): Promise<string | null> {
  return encodeBytes(await readRange(reading, start, end), valueEncoding);
}

/** Bits beyond the value are 0. @throws ExpectedFailure INVALID_INPUT at `offset` */
export function bit(reading: KeySnapshot, { offset }: { readonly offset: number }): Promise<boolean> {
  checkOffset(offset, ['offset']);
  return readBit(reading, offset);
}

interface BitCountArgs {
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
  readonly unit: BitUnit;
}

export function bitCount(reading: KeySnapshot, { start, end, unit }: BitCountArgs): Promise<number> {
  const isWhole = start == null && end == null;
  return countBits(reading, isWhole ? undefined : { start: start ?? 0, end: end ?? -1, unit });
}

/** Null if the value is not a HyperLogLog. */
export function cardinality(reading: KeySnapshot): Promise<number | null> {
  return readCardinality(reading);
}

/**
 * The greatest offset depends on the server's configuration, and the server knows it.
 * @throws ExpectedFailure INVALID_INPUT at `path`
 */
export function checkOffset(offset: number, path: readonly string[]): void {
  if (offset < 0) throw invalidInput(`Expected an offset of at least 0, got ${offset}.`, path);
}
