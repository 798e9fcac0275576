import type { Logger } from '../../../telemetry/log.js';
import { asFailure, isLasting, isNoGroup } from '../shared/failure.js';
import type { GroupHealer } from './recreate-group.js';
import type { Seat, Seats } from './local-consumers.js';
import type { Timers } from '../../../runtime/timers.js';

/** Runs one seat's commands; their failure is the seat's own and told to it, or waited out. */
export type Guard = (seat: Seat, task: () => Promise<void>) => Promise<void>;

export interface GroupGuard {
  readonly guard: Guard;
  /** Whether the group stands, made again where it was gone. Where it does not, `wake` is called when it is time. */
  stands(this: void): Promise<boolean>;
}

const retryMs = 250;
/** A group that is destroyed again and again is not made again more often. */
const healRoundMs = 1000;

export function createGroupGuard(options: {
  readonly seats: Seats;
  readonly healer: GroupHealer;
  readonly timers: Timers;
  readonly log: Logger;
  readonly wake: () => void;
}): GroupGuard {
  const { seats, healer, timers, log, wake } = options;
  let isGone = false;
  let healedAt = -Infinity;

  return {
    async guard(seat, task) {
      try {
        await task();
        seat.hasRead = true;
      } catch (error) {
        const reason = asFailure(error);
        if (isNoGroup(error) && healer.position() !== undefined) {
          seat.mustRecover = true;
          isGone = true;
          wake();
        } else if (isLasting(reason) || !seat.hasRead) {
          // Who has read already waits for the cluster to come back; who begins is told at once.
          seat.fail(reason);
        } else {
          log.debug({ err: reason }, 'a consumer waits for its cluster');
          seat.mustRecover = true;
          timers.once('retry', retryMs, wake);
        }
      }
    },
    async stands() {
      if (!isGone) return true;
      const waitMs = healedAt + healRoundMs - performance.now();
      if (waitMs > 0) {
        timers.once('heal', waitMs, wake);
        return false;
      }
      healedAt = performance.now();
      try {
        await healer.heal(seats.all().map(({ member }) => member));
        isGone = false;
        return true;
      } catch (error) {
        const reason = asFailure(error);
        if (isLasting(reason)) {
          isGone = false;
          for (const seat of seats.all()) seat.fail(reason);
        } else {
          timers.once('heal', healRoundMs, wake);
        }
        return false;
      }
    },
  };
}
