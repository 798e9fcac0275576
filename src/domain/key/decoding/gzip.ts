import { createGunzip } from 'node:zlib';
import type { Decompressed } from './decoded-value.js';

const chunkSize = 65_536;

export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/** Decompresses in other threads, until there are more than `maxBytes`. Undefined if the bytes are not gzip, damaged or incomplete. */
export async function gunzip(bytes: Buffer, maxBytes: number): Promise<Decompressed | undefined> {
  const stream = createGunzip({ chunkSize });
  const parts: Buffer[] = [];
  let length = 0;
  stream.end(bytes);
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length > maxBytes) break;
    }
  } catch {
    return undefined;
  }
  return { bytes: Buffer.concat(parts), isComplete: length <= maxBytes };
}
