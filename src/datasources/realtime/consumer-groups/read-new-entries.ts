import type { GroupCommands } from './group-commands.js';
import type { Guard } from './consumer-error-policy.js';
import type { Seat, Seats } from './local-consumers.js';

/**
 * Lets the seats whose turn it is read new entries. Resolves to what is left for the next: plenty, where all got as many
 * as they asked for; nothing, where the group had fewer; unknown, where no seat takes more or a read failed.
 */
export type Intake = () => Promise<'plenty' | 'nothing' | 'unknown'>;

const mostAtOnce = 64;

/**
 * A few entries are spread by one short read after another, a share each; while there is plenty, twice as many seats read
 * at once in every round, each as much as it has credit for.
 */
export function createIntake(
  seats: Seats,
  commands: GroupCommands,
  guard: Guard,
  delivered: (lastId: string) => void,
): Intake {
  let atOnce = 1;

  const readFor = async (seat: Seat): Promise<'plenty' | 'nothing' | 'unknown'> => {
    seats.tookTurn(seat);
    const { member } = seat;
    const all = seats.all().length;
    const count = Math.ceil((member.credit() * Math.min(atOnce, all)) / all);
    let found: number | undefined;
    await guard(seat, async () => {
      const entries = await commands.readNew(member.request.consumer, count);
      found = entries.length;
      const last = entries.at(-1);
      if (last) delivered(last.id);
      if (found > 0) await member.accept(entries.map((entry) => ({ entry, deliveryCount: 1, claimed: false })));
    });
    if (found === undefined || seat.mustRecover) return 'unknown';
    return found < count ? 'nothing' : 'plenty';
  };

  return async () => {
    const readings = await Promise.all(seats.open().slice(0, atOnce).map(readFor));
    const hasPlenty = readings.length > 0 && readings.every((left) => left === 'plenty');
    atOnce = hasPlenty ? Math.min(atOnce * 2, mostAtOnce) : 1;
    if (hasPlenty) return 'plenty';
    return readings.includes('nothing') ? 'nothing' : 'unknown';
  };
}
