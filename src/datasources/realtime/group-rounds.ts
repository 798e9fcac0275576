import type { GroupCommands } from './group-commands.js';
import type { Guard } from './group-guard.js';
import type { Seats } from './group-seats.js';
import { takeFromOthers } from './group-takeover.js';

/**
 * Lets seats take what other consumers have left idle. Two seats are enough to find all of it, the first one's own
 * included; the next round asks the next two.
 */
export async function claimRound(seats: Seats, commands: GroupCommands, guard: Guard): Promise<void> {
  const byPatience = seats.open().toSorted((a, b) => a.member.request.claimIdleMs - b.member.request.claimIdleMs);
  for (const seat of byPatience.slice(0, 2)) {
    seats.tookTurn(seat);
    await guard(seat, async () => {
      const taken = await takeFromOthers(seat.member, commands);
      for (const { id, consumer } of taken) seats.get(consumer)?.member.release([id]);
      const strangers = taken.map(({ consumer }) => consumer).filter((consumer) => !seats.get(consumer));
      for (const consumer of distinct(strangers)) await commands.removeIfEmpty(consumer);
    });
  }
}

/**
 * Asks for each full seat what it has still pending: acknowledgements may have come through another process, or as plain
 * XACK. Resolves whether a seat takes more now.
 */
export async function lookRound(seats: Seats, commands: GroupCommands, guard: Guard): Promise<boolean> {
  let freed = false;
  for (const seat of seats.all().filter(({ member }) => member.isFull())) {
    await guard(seat, async () => {
      const pending = await commands.pendingIds(seat.member.request.consumer);
      const acknowledged = [...seat.member.held().keys()].filter((id) => !pending.has(id));
      freed = seat.member.release(acknowledged) || freed;
    });
  }
  return freed;
}

function distinct(names: readonly Buffer[]): Buffer[] {
  return [...new Map(names.map((name) => [name.toString('latin1'), name])).values()];
}
