import type { GroupMember } from './consumer-subscription.js';

/** One consumer of this process in a group. */
export interface Seat {
  readonly member: GroupMember;
  /** Ends its subscription with an error. */
  fail(this: void, reason: Error): void;
  /** Whether Valkey may count entries as this consumer's that it does not hold. */
  mustRecover: boolean;
  hasRead: boolean;
}

/** The seats of a group by consumer, in the order of their turns. */
export interface Seats {
  add(consumer: Buffer, seat: Seat): void;
  remove(consumer: Buffer): void;
  get(consumer: Buffer): Seat | undefined;
  all(): readonly Seat[];
  /** Those that may read new entries now, who has waited longest first. */
  open(): readonly Seat[];
  /** Its turn comes again after all others. */
  tookTurn(seat: Seat): void;
}

export function createSeats(): Seats {
  const seats = new Map<string, Seat>();
  // Latin-1 keeps bytes apart.
  const nameOf = (consumer: Buffer): string => consumer.toString('latin1');
  return {
    add: (consumer, seat) => void seats.set(nameOf(consumer), seat),
    remove: (consumer) => void seats.delete(nameOf(consumer)),
    get: (consumer) => seats.get(nameOf(consumer)),
    all: () => [...seats.values()],
    open: () => [...seats.values()].filter(({ member, mustRecover }) => !mustRecover && member.credit() > 0),
    tookTurn(seat) {
      const name = nameOf(seat.member.request.consumer);
      if (seats.delete(name)) seats.set(name, seat);
    },
  };
}
