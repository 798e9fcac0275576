import { slotCount, type SlotRange } from '../../connections/topology/topology.js';

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
  const both: SlotRange[] = [];
  let [atLeft, atRight] = [0, 0];
  for (;;) {
    const [a, b] = [left[atLeft], right[atRight]];
    if (!a || !b) return union(both, []);
    const from = Math.max(a[0], b[0]);
    const to = Math.min(a[1], b[1]);
    if (from <= to) both.push([from, to]);
    if (a[1] < b[1]) atLeft += 1;
    else atRight += 1;
  }
}

/** A binary search, because a fragmented cluster has thousands of ranges. */
export function isServed(ranges: SlotRanges, slot: number): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const [first, last] = ranges[middle] ?? [0, -1];
    if (slot < first) high = middle;
    else if (slot > last) low = middle + 1;
    else return true;
  }
  return false;
}

/** The lowest slot that is in none of the ranges; undefined if the ranges contain all slots. */
export function lowestUnserved(ranges: SlotRanges): number | undefined {
  let slot = 0;
  for (const [first, last] of ranges) if (first <= slot) slot = Math.max(slot, last + 1);
  return slot < slotCount ? slot : undefined;
}

/** The slots that are in none of the ranges. */
export function complement(ranges: SlotRanges): SlotRanges {
  const others: SlotRange[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) others.push([next, first - 1]);
    next = last + 1;
  }
  if (next < slotCount) others.push([next, slotCount - 1]);
  return others;
}
