import { slotCount, type SlotRange } from './topology.js';

/** Hash slots as ascending ranges that neither touch nor overlap. */
export type SlotRanges = readonly SlotRange[];

export function union(left: SlotRanges, right: SlotRanges): SlotRanges {
  const merged: [number, number][] = [];
  for (const [first, last] of [...left, ...right].sort(([a], [b]) => a - b)) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function intersect(left: SlotRanges, right: SlotRanges): SlotRanges {
  const both = left.flatMap(([first, last]) =>
    right.flatMap((range): SlotRange[] => {
      const from = Math.max(first, range[0]);
      const to = Math.min(last, range[1]);
      return from <= to ? [[from, to]] : [];
    }),
  );
  return union(both, []);
}

export function isServed(ranges: SlotRanges, slot: number): boolean {
  return ranges.some(([first, last]) => first <= slot && slot <= last);
}

/** The lowest slot that is in none of the ranges; undefined where all are in. */
export function lowestUnserved(ranges: SlotRanges): number | undefined {
  let slot = 0;
  for (const [first, last] of ranges) if (first <= slot) slot = Math.max(slot, last + 1);
  return slot < slotCount ? slot : undefined;
}
