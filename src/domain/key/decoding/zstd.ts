import type { ZSTDDecoder } from 'zstddec';
import type { Decompressed } from './decoded-value.js';
import { beginningOfFrame, maxBlockBytes, zstdFrames, type ZstdFrame } from './zstd-frames.js';

/** Each frame takes some microseconds of the event loop, and programs write one or a few. */
const maxFrames = 1_000;
/** By which a frame may be longer than its data. */
const maxOverhead = 65_536;

let loading: Promise<ZSTDDecoder> | undefined;

/** Once for all values, when the first needs it. */
function load(): Promise<ZSTDDecoder> {
  loading ??= import('zstddec')
    .then(async ({ ZSTDDecoder }) => {
      const decoder = new ZSTDDecoder();
      await decoder.init();
      return decoder;
    })
    .catch((cause: unknown) => {
      loading = undefined;
      throw cause;
    });
  return loading;
}

/**
 * Decompresses at most `maxBytes`, or one block of 128 KiB, on the event loop: 1 MiB takes a few milliseconds. Undefined if the bytes are
 * not zstd, damaged or incomplete, or need a dictionary.
 */
export async function decompressZstd(bytes: Buffer, maxBytes: number): Promise<Decompressed | undefined> {
  const frames = zstdFrames(bytes);
  if (!frames) return undefined;
  const decoder = await load();
  const parts: Uint8Array[] = [];
  let remaining = maxBytes;
  for (const frame of frames.slice(0, maxFrames)) {
    if (frame.isEmpty) continue;
    const whole = wholeFrame(decoder, bytes, frame, remaining);
    // The library returns nothing for damaged data and for data that does not fit. It reports no error.
    const isTooLong = whole.length === 0 && sizeOf(frame) > remaining;
    const part = isTooLong ? firstBlocks(decoder, bytes, frame, remaining) : whole;
    if (part.length === 0) return undefined;
    parts.push(part);
    if (isTooLong) return { bytes: Buffer.concat(parts), isComplete: false };
    remaining -= part.length;
  }
  return { bytes: Buffer.concat(parts), isComplete: frames.length <= maxFrames };
}

/** The largest size that its data can have. */
function sizeOf({ contentSize, blocks }: ZstdFrame): number {
  return contentSize ?? blocks * maxBlockBytes;
}

function wholeFrame(decoder: ZSTDDecoder, bytes: Buffer, frame: ZstdFrame, maxBytes: number): Uint8Array {
  // The library copies the frame into a memory that never shrinks.
  const isLong = frame.end - frame.start > maxBytes + maxOverhead;
  if (maxBytes === 0 || isLong || (frame.contentSize ?? 0) > maxBytes) return new Uint8Array();
  return decoder.decode(bytes.subarray(frame.start, frame.end), Math.min(sizeOf(frame), maxBytes));
}

function firstBlocks(decoder: ZSTDDecoder, bytes: Buffer, frame: ZstdFrame, maxBytes: number): Uint8Array {
  const blocks = Math.max(1, Math.min(frame.blocks, Math.floor(maxBytes / maxBlockBytes)));
  return decoder.decode(beginningOfFrame(bytes, frame, blocks), blocks * maxBlockBytes);
}
