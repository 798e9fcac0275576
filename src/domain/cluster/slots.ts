import { invalidInput } from '../errors.js';

const slotCount = 16_384;

/** Distributes the slots evenly and returns those of each shard as `0-8191`. Earlier shards receive the remainder. */
export function shareSlots(shards: number): string[] {
  const each = Math.floor(slotCount / shards);
  const extra = slotCount % shards;
  return Array.from({ length: shards }, (_, index) => {
    const first = index * each + Math.min(index, extra);
    return `${first}-${first + each - (index < extra ? 0 : 1)}`;
  });
}

/**
 * Checks that the shards' slots, each like `0-100,200-300` or `7`, cover 0 to 16383 exactly once.
 * @throws ExpectedFailure INVALID_INPUT at `path`, naming the first slot that is missing or given twice.
 */
export function checkSlots(slots: readonly string[], path?: readonly string[]): void {
  const served = new Uint8Array(slotCount);
  for (const range of slots.flatMap((text) => text.split(','))) {
    const [, from, to = from] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(range) ?? [];
    const first = Number(from);
    const last = Number(to);
    if (from === undefined || first > last || last >= slotCount) {
      const received = from === undefined ? 'another text' : `${first}-${last}`;
      throw invalidInput(`Expected slots as ranges within 0-${slotCount - 1}, e.g. "0-8191", got ${received}.`, path);
    }
    for (let slot = first; slot <= last; slot++) {
      if (served[slot] === 1) throw invalidInput(`Slot ${slot} is given to two shards.`, path);
      served[slot] = 1;
    }
  }
  const missing = served.indexOf(0);
  if (missing >= 0) throw invalidInput(`Slots must cover 0-${slotCount - 1}; slot ${missing} is missing.`, path);
}
