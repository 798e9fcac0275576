import { decodeBytes, type Encoding } from '../../../domain/encoding.js';
import type { LexBound, LexRange } from '../../../domain/key/member-ranges.js';

export interface LexRangeInput {
  readonly min?: string | null | undefined;
  readonly max?: string | null | undefined;
  readonly valueEncoding: Encoding;
  readonly excludeMin: boolean;
  readonly excludeMax: boolean;
}

/** @throws ExpectedFailure INVALID_INPUT below `path` */
export function decodeLexRange(input: LexRangeInput, path: readonly string[]): LexRange {
  const { min, max, valueEncoding, excludeMin, excludeMax } = input;
  const bound = (text: string | null | undefined, isExcluded: boolean, name: string): LexBound | undefined =>
    text == null ? undefined : { value: decodeBytes(text, valueEncoding, [...path, name]), isExcluded };
  return { min: bound(min, excludeMin, 'min'), max: bound(max, excludeMax, 'max') };
}
