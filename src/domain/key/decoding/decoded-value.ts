export type ValueFormat = 'JSON' | 'MESSAGE_PACK' | 'GZIP' | 'ZSTD';

/** A value without the formats in which it was written. */
export interface DecodedValue {
  /** Outermost first. */
  readonly formats: readonly ValueFormat[];
  /** Null unless the last format is JSON or MESSAGE_PACK. */
  readonly json: unknown;
  /** The decompressed bytes if they are UTF-8 and no MessagePack. */
  readonly text: string | null;
  /** Whether a limit ended the decoding. */
  readonly truncated: boolean;
}

/** The content of a compression. `isComplete` is false if a limit was reached and `bytes` are only the beginning. */
export interface Decompressed {
  readonly bytes: Buffer;
  readonly isComplete: boolean;
}

/** The outcome of parsing; undefined if the bytes are not in the format. */
export type Parsed = { readonly json: unknown } | 'too deep' | undefined;
