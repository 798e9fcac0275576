import type { Seats } from './local-consumers.js';
import type { Serial } from '../../../runtime/serial.js';
import type { Timers } from '../../../runtime/timers.js';

/** Something that is done again and again as long as somebody reads. */
export interface Round {
  readonly name: string;
  everyMs(): number;
  run(): Promise<void>;
}

/** Begins a round's turns, or lets them go on where they run already; they end with the last seat. */
export function takeTurns(
  round: Round,
  { seats, timers, serial }: { seats: Seats; timers: Timers; serial: Serial },
): void {
  timers.once(round.name, round.everyMs(), () => {
    void serial(() => round.run()).then(() => {
      if (seats.all().length > 0) takeTurns(round, { seats, timers, serial });
    });
  });
}
