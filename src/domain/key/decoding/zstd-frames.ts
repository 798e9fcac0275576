/** A compressed frame of a zstd value. */
export interface ZstdFrame {
  readonly start: number;
  readonly end: number;
  /** Of its data, if the header has it. It may be wrong. */
  readonly contentSize: number | undefined;
  readonly blocksStart: number;
  readonly blocks: number;
  /** Whether it has no data. */
  readonly isEmpty: boolean;
}

/** The data of a block is at most this long. */
export const maxBlockBytes = 131_072;

export function isZstd(bytes: Buffer): boolean {
  return bytes.length >= 4 && bytes.readUInt32LE(0) === frameMagic;
}

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const lengthsOfDictionaryId = [0, 1, 2, 4] as const;
const lengthsOfContentSize = [0, 2, 4, 8] as const;
const runLengthBlock = 1;
const reservedBlock = 3;

/**
 * Finds the frames by their headers (RFC 8878, section 3.1), without those to be skipped; undefined if the bytes are not complete frames.
 * The library says neither that a frame is incomplete nor how long its data is.
 */
export function zstdFrames(bytes: Buffer): readonly ZstdFrame[] | undefined {
  const frames: ZstdFrame[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 8 > bytes.length) return undefined;
    const magic = bytes.readUInt32LE(at);
    if (magic === frameMagic) {
      const frame = frameAt(bytes, at);
      if (!frame) return undefined;
      frames.push(frame);
      at = frame.end;
    } else if ((magic & 0xfffffff0) === skippableMagic) {
      at += 8 + bytes.readUInt32LE(at + 4);
      if (at > bytes.length) return undefined;
    } else {
      return undefined;
    }
  }
  return frames;
}

function frameAt(bytes: Buffer, start: number): ZstdFrame | undefined {
  const descriptor = bytes[start + 4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeFlag = descriptor >> 6;
  const contentSizeLength = contentSizeFlag === 0 && isSingleSegment ? 1 : (lengthsOfContentSize[contentSizeFlag] ?? 0);
  const contentSizeAt = start + 5 + (isSingleSegment ? 0 : 1) + (lengthsOfDictionaryId[descriptor & 3] ?? 0);
  const blocksStart = contentSizeAt + contentSizeLength;
  let isEmpty = true;
  let blocks = 0;
  let at = blocksStart;
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) return undefined;
    const header = bytes.readUIntLE(at, 3);
    if (((header >> 1) & 3) === reservedBlock) return undefined;
    isLast = (header & 1) === 1;
    isEmpty &&= header >> 3 === 0;
    blocks += 1;
    at += lengthOfBlock(header);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  const end = at + (hasChecksum ? 4 : 0);
  if (end > bytes.length) return undefined;
  return {
    start,
    end,
    contentSize: contentSizeOf(bytes, contentSizeAt, contentSizeLength),
    blocksStart,
    blocks,
    isEmpty,
  };
}

function contentSizeOf(bytes: Buffer, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  // In two bytes, 256 is the least.
  return length === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

function lengthOfBlock(header: number): number {
  return 3 + (((header >> 1) & 3) === runLengthBlock ? 1 : header >> 3);
}

/** A frame of the first blocks of another, without the size and the checksum of all its data. */
export function beginningOfFrame(bytes: Buffer, { blocksStart }: ZstdFrame, blocks: number): Buffer {
  let last = blocksStart;
  for (let block = 1; block < blocks; block += 1) last += lengthOfBlock(bytes.readUIntLE(last, 3));
  const header = Buffer.from([0, 0, 0, 0, 0, largestWindow]);
  header.writeUInt32LE(frameMagic);
  const beginning = Buffer.concat([
    header,
    bytes.subarray(blocksStart, last + lengthOfBlock(bytes.readUIntLE(last, 3))),
  ]);
  const lastAt = header.length + last - blocksStart;
  beginning.writeUInt8(beginning.readUInt8(lastAt) | 1, lastAt);
  return beginning;
}

/** 128 MiB. The whole data is in memory, so that the library allocates none for it. */
const largestWindow = (27 - 10) << 3;
