import type { GroupCommands } from './group-commands.js';
import type { Guard } from './consumer-error-policy.js';
import type { Seats } from './local-consumers.js';
import { takeFromOthers } from './claim-entries.js';

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

/**
 * Gives a sign of life for the seats that have nothing pending, and removes the names of consumers that give none: those
 * of processes that died. One that lives all the same comes back with its next read.
 */
export async function sweepRound(seats: Seats, commands: GroupCommands, silentMs: number): Promise<void> {
  const idle = seats.all().filter(({ member, mustRecover }) => !mustRecover && member.held().size === 0);
  await Promise.all(idle.map(({ member }) => commands.touch(member.request.consumer)));
  for (const consumer of await commands.silent(silentMs)) {
    if (!seats.get(consumer)) await commands.removeIfEmpty(consumer);
  }
}

function distinct(names: readonly Buffer[]): Buffer[] {
  return [...new Map(names.map((name) => [name.toString('latin1'), name])).values()];
}
