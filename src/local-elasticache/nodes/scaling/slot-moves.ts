import type { RunningShard } from './scalable-group.js';
import type { SlotOwners } from './slot-owners.js';

/** Slots that one shard gives to another. */
export interface SlotMove {
  readonly from: RunningShard;
  readonly to: RunningShard;
  readonly slots: readonly number[];
}

/** Computes the moves from the current owners to the target, by pairs of shards. */
export function slotMoves({ owners }: SlotOwners, target: ReadonlyMap<number, RunningShard>): SlotMove[] {
  const moves: { from: RunningShard; to: RunningShard; slots: number[] }[] = [];
  for (const [slot, to] of target) {
    const from = owners[slot];
    if (!from || from === to) continue;
    const known = moves.find((move) => move.from === from && move.to === to);
    if (known) known.slots.push(slot);
    else moves.push({ from, to, slots: [slot] });
  }
  return moves;
}
