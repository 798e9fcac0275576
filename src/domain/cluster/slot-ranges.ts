const slotCount = 16_384;

/** Expands slots such as `0-100,200` or `0-100 200` to numbers, in the given order. Empty text has none. */
export function parseSlots(text: string): number[] {
  return text
    .split(/[\s,]+/)
    .filter(Boolean)
    .flatMap((range) => {
      const [first = '', last = first] = range.split('-');
      const from = Number(first);
      return Array.from({ length: Number(last) - from + 1 }, (_, index) => from + index);
    });
}

/** Formats slots as ranges, e.g. `0-100,200`. */
export function formatSlots(slots: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const slot of slots.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.to === slot - 1) last.to = slot;
    else ranges.push({ from: slot, to: slot });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

interface ShardSlots {
  readonly id: string;
  readonly slots: string;
}

/**
 * Distributes all slots evenly over the shards named by `ids`, and moves as few as possible. Shards of `current` that
 * `ids` does not name give all of their slots; others give their last ones. Earlier shards receive the remainder.
 */
export function rebalanceSlots(current: readonly ShardSlots[], ids: readonly string[]): ShardSlots[] {
  const owned = new Map(current.map(({ id, slots }) => [id, parseSlots(slots)]));
  const each = Math.floor(slotCount / ids.length);
  const extra = slotCount % ids.length;
  // The remainder goes to the shards that have most slots already, so that it does not move.
  const bySize = ids.toSorted((a, b) => (owned.get(b)?.length ?? 0) - (owned.get(a)?.length ?? 0));
  const share = new Map(bySize.map((id, index) => [id, each + (index < extra ? 1 : 0)]));
  const kept = new Map(ids.map((id) => [id, (owned.get(id) ?? []).slice(0, share.get(id))]));
  const free = [...owned].flatMap(([id, slots]) => slots.slice(kept.get(id)?.length ?? 0)).toSorted((a, b) => a - b);
  return ids.map((id) => {
    const slots = kept.get(id) ?? [];
    const received = free.splice(0, (share.get(id) ?? 0) - slots.length);
    return { id, slots: formatSlots([...slots, ...received]) };
  });
}
