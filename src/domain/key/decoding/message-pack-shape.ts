import { isUtf8 } from 'node:buffer';

/**
 * Tests, without decoding, whether one map or list of MessagePack uses all bytes, its texts are UTF-8, and no more elements are announced than
 * bytes exist. A decoder allocates what is announced.
 */
export function messagePackShape(bytes: Buffer, maxDepth: number): 'fits' | 'too deep' | 'other' {
  if (!isContainer(bytes[0])) return 'other';
  const item: Item = { end: 0, elements: 0, textStart: -1 };
  /** The elements that are missing of each open list and map, outermost first. */
  const open = [1];
  let depth = 0;
  let missing = 1;
  for (let at = 0; missing > 0; at = item.end) {
    if (!readItem(bytes, at, item)) return 'other';
    if (item.textStart >= 0 && !isUtf8(bytes.subarray(item.textStart, item.end))) return 'other';
    missing += item.elements - 1;
    if (missing > bytes.length - item.end) return 'other';
    open[depth] = (open[depth] ?? 0) - 1;
    if (isContainer(bytes[at])) {
      if (depth === maxDepth) return 'too deep';
      open[(depth += 1)] = item.elements;
    }
    while (depth > 0 && open[depth] === 0) depth -= 1;
  }
  return item.end === bytes.length ? 'fits' : 'other';
}

/** One object for all items of a value, because there may be a million. */
interface Item {
  end: number;
  /** The elements of a list, keys and values of a map; otherwise 0. */
  elements: number;
  /** -1 if the item is no text. */
  textStart: number;
}

/** Reads the item that begins here; false if it is incomplete or no MessagePack. */
function readItem(bytes: Buffer, at: number, item: Item): boolean {
  const marker = bytes[at] ?? 0xc1;
  const isMap = marker >> 4 === 0x8 || marker >= 0xde;
  const sizeLength = sizeLengthOf(marker);
  const start = at + 1 + sizeLength;
  if (marker === 0xc1 || start > bytes.length) return false;
  const size = sizeLength === 0 ? fixedSizeOf(marker) : bytes.readUIntBE(at + 1, sizeLength);
  const isList = isContainer(marker);
  item.elements = isList ? (isMap ? 2 * size : size) : 0;
  // An extension has a byte for its type.
  item.end = isList ? start : start + size + (marker >= 0xc7 && marker <= 0xc9 ? 1 : 0);
  item.textStart = marker >> 5 === 0x5 || (marker >= 0xd9 && marker <= 0xdb) ? start : -1;
  return item.end <= bytes.length;
}

function isContainer(marker = 0xc1): boolean {
  return marker >> 5 === 0x4 || (marker >= 0xdc && marker <= 0xdf);
}

/** Bytes of the size behind the marker: of binary data, extensions, texts, lists and maps with 8, 16 or 32 bits. */
function sizeLengthOf(marker: number): number {
  if (marker >= 0xc4 && marker <= 0xc6) return 1 << (marker - 0xc4);
  if (marker >= 0xc7 && marker <= 0xc9) return 1 << (marker - 0xc7);
  if (marker >= 0xd9 && marker <= 0xdb) return 1 << (marker - 0xd9);
  if (marker >= 0xdc && marker <= 0xdf) return marker % 2 === 0 ? 2 : 4;
  return 0;
}

/** The size that the marker itself says: elements of a container, otherwise bytes behind it. */
function fixedSizeOf(marker: number): number {
  if (marker <= 0x7f || marker >= 0xe0) return 0;
  if (marker <= 0x9f) return marker & 0x0f;
  if (marker <= 0xbf) return marker & 0x1f;
  if (marker <= 0xc3) return 0;
  if (marker <= 0xcb) return 4 << (marker - 0xca);
  if (marker <= 0xcf) return 1 << (marker - 0xcc);
  if (marker <= 0xd3) return 1 << (marker - 0xd0);
  return (1 << (marker - 0xd4)) + 1;
}
