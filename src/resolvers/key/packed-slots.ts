import type { SlotRanges } from '../../datasources/valkey/values/scans/slot-ranges.js';

const slotCount = 16_384;
/** One bit for each slot. */
const bitmapLength = slotCount / 8;

/**
 * Hash slots as a short text: alternately the lengths of the gaps between ranges and of the ranges, as numbers with seven bits a byte;
 * or one bit for each slot if that is shorter. The text therefore has at most 2,731 characters.
 */
export function packSlots(ranges: SlotRanges): string {
  const bytes: number[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    writeNumber(bytes, first - next);
    writeNumber(bytes, last - first + 1);
    next = last + 1;
  }
  return Buffer.from(bytes.length < bitmapLength ? bytes : bitmapOf(ranges)).toString('base64url');
}

/** Undefined if `packSlots` did not write the text. */
export function unpackSlots(text: string): SlotRanges | undefined {
  if (!/^[\w-]{0,2731}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const ranges = bytes.length === bitmapLength ? rangesOfBitmap(bytes) : rangesOfNumbers(bytes);
  return ranges && packSlots(ranges) === text ? ranges : undefined;
}

function writeNumber(bytes: number[], number: number): void {
  for (let left = number; ; left >>= 7) {
    if (left < 0x80) {
      bytes.push(left);
      return;
    }
    bytes.push((left & 0x7f) | 0x80);
  }
}

function rangesOfNumbers(bytes: Buffer): SlotRanges | undefined {
  const ranges: [number, number][] = [];
  let next = 0;
  let at = 0;
  const readNumber = (): number => {
    let number = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return number;
  };
  while (at < bytes.length) {
    const gap = readNumber();
    const length = readNumber();
    const first = next + gap;
    next = first + length;
    if (length === 0 || next > slotCount || (gap === 0 && ranges.length > 0)) return undefined;
    ranges.push([first, next - 1]);
  }
  return ranges;
}

function bitmapOf(ranges: SlotRanges): Buffer {
  const bitmap = Buffer.alloc(bitmapLength);
  for (const [first, last] of ranges) {
    for (let slot = first; slot <= last; slot += 1) bitmap[slot >> 3] = (bitmap[slot >> 3] ?? 0) | (1 << (slot & 7));
  }
  return bitmap;
}

function rangesOfBitmap(bitmap: Buffer): SlotRanges {
  const ranges: [number, number][] = [];
  for (let slot = 0; slot < slotCount; slot += 1) {
    if (((bitmap[slot >> 3] ?? 0) & (1 << (slot & 7))) === 0) continue;
    const last = ranges.at(-1);
    if (last?.[1] === slot - 1) last[1] = slot;
    else ranges.push([slot, slot]);
  }
  return ranges;
}
