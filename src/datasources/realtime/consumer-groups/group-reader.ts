import type { GroupDelivery } from '../../../domain/realtime/delivery.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import { createGroupAhead } from './group-ahead.js';
import type { GroupCommands } from './group-commands.js';
import { createGroupGuard } from './consumer-error-policy.js';
import { createGroupHealer } from './recreate-group.js';
import { createIntake } from './read-new-entries.js';
import { createGroupMember, type GroupMember } from './consumer-subscription.js';
import { claimRound, lookRound, sweepRound } from './consumer-maintenance.js';
import { createSeats, type Seat, type Seats } from './local-consumers.js';
import { takeOwnPending } from './claim-entries.js';
import { takeTurns, type Round } from './periodic-tasks.js';
import type { GroupRequest } from '../interfaces.js';
import { createSerial } from '../../../runtime/serial.js';
import type { StreamListener } from '../streams/stream-watch.js';
import type { StreamWatching } from '../streams/stream-watches.js';
import { createTimers } from '../../../runtime/timers.js';

/** This process's consumers of one group. They read in turns, as much as each has credit for, on one connection. */
export interface GroupReader {
  /** @throws ExpectedFailure INVALID_STATE where a consumer of that name reads already */
  open(request: GroupRequest, listener: LiveListener<GroupDelivery>): LiveSubscription;
  acknowledged(entryIds: readonly string[]): void;
  fail(reason: Error): void;
  /** Resolves when all consumers have left the group. */
  close(): Promise<void>;
}

interface ReaderOptions {
  readonly commands: GroupCommands;
  readonly log: Logger;
  readonly silentConsumerMs: number;
  readonly watch: (listener: StreamListener) => StreamWatching;
  /** A consumer has left that still has pending entries, so that its name must stay for now. */
  readonly remains: (consumer: Buffer) => void;
  /** Called once, when the last consumer has left. */
  readonly ended: () => void;
}

const firstLookMs = 20;
const longestLookMs = 1000;
const shortestClaimRoundMs = 50;
const longestClaimRoundMs = 1000;

export function createGroupReader({
  commands,
  log,
  silentConsumerMs,
  watch,
  remains,
  ended,
}: ReaderOptions): GroupReader {
  const seats = createSeats();
  const timers = createTimers();
  const healer = createGroupHealer(commands, log);
  // One task at a time: a consumer that leaves does so after the reads for it, and two never claim from each other.
  const serial = createSerial();
  let scheduled = false;
  // Whether the group had no new entries when it was last asked: then credit alone is no reason to ask.
  let drained = false;
  let lookMs = firstLookMs;
  let hasAsked = false;
  let isEnded = false;

  const wake = (): void => {
    drained = false;
    if (scheduled) return;
    scheduled = true;
    void serial(work);
  };
  /** One step, so that other tasks come between two of them. */
  const work = async (): Promise<void> => {
    scheduled = false;
    drained = false;
    if (!hasAsked) await learn();
    if (!(await stands())) return;
    for (const seat of seats.all()) if (seat.mustRecover) await recover(seat);
    const left = await intake();
    await ahead.check(healer.position());
    // What was added while it read has been told meanwhile.
    drained = left === 'nothing' && !scheduled;
    if (seats.all().some(({ member }) => member.isFull())) timers.once('look', lookMs, () => void serial(look));
    if (left === 'plenty') wake();
  };
  const { guard, stands } = createGroupGuard({ seats, healer, timers, log, wake });
  const intake = createIntake(seats, commands, guard, (lastId) => healer.delivered(lastId));
  const ahead = createGroupAhead({ seats, commands, guard, incarnation: () => watching.incarnation, log });
  const recover = (seat: Seat): Promise<void> =>
    guard(seat, async () => {
      if (seat.member.mustBegin()) {
        // Rejects if there is no such group. If there is, it keeps for its consumers whatever is added from now on.
        await commands.pending('-', 1, { consumer: seat.member.request.consumer });
        await seat.member.begin();
      }
      if (await takeOwnPending(seat.member, commands)) seat.mustRecover = false;
    });
  const learn = (): Promise<void> => {
    hasAsked = true;
    return healer
      .learn()
      .catch((error: unknown) => log.debug({ err: error }, 'how far a group is cannot be asked now'));
  };
  const look = async (): Promise<void> => {
    const freed = await lookRound(seats, commands, guard);
    lookMs = freed ? firstLookMs : Math.min(lookMs * 2, longestLookMs);
    wake();
  };
  const claim = async (): Promise<void> => {
    await claimRound(seats, commands, guard);
    await learn();
    await ahead.check(healer.position());
  };
  const sweep = (): Promise<void> =>
    sweepRound(seats, commands, silentConsumerMs).catch((error: unknown) =>
      log.debug({ err: error }, 'consumers that died cannot be removed now'),
    );
  const rounds: readonly Round[] = [
    { name: 'claim', everyMs: () => claimEveryMs(seats), run: claim },
    { name: 'sweep', everyMs: () => silentConsumerMs / 3, run: sweep },
  ];

  const leave = async (member: GroupMember): Promise<void> => {
    try {
      const { consumer } = member.request;
      if (!(await commands.leave(consumer))) {
        remains(consumer);
        await claim();
      }
    } catch (error) {
      log.debug({ err: error }, 'a consumer could not leave its group; its entries are claimed when they are idle');
    }
    if (seats.all().length === 0) end();
  };
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    watching.end();
    timers.clear();
    ended();
  };
  const fail = (reason: Error): void => {
    for (const seat of seats.all()) seat.fail(reason);
  };
  const watching = watch({
    news: wake,
    restarted() {
      healer.restarted();
      wake();
    },
    failed(reason) {
      // First, so that who opens again within `error` gets a reader that is watched.
      end();
      fail(reason);
    },
  });

  return {
    open(request, listener) {
      const { consumer } = request;
      if (seats.get(consumer)) {
        throw new ExpectedFailure(
          'INVALID_STATE',
          'Expected another consumer name: a consumer of this name is reading.',
        );
      }
      const member = createGroupMember(request, listener, commands);
      let closed = false;
      const close = (): void => {
        if (closed) return;
        closed = true;
        member.close();
        seats.remove(consumer);
        void serial(() => leave(member));
      };
      const seat: Seat = {
        member,
        mustRecover: true,
        hasRead: false,
        fail(reason) {
          if (closed) return;
          close();
          listener.error(reason);
        },
      };
      seats.add(consumer, seat);
      wake();
      for (const round of rounds) takeTurns(round, { seats, timers, serial });
      return {
        cursor: () => member.cursor(),
        pause: () => member.setPaused(true),
        resume() {
          member.setPaused(false);
          void serial(() => guard(seat, () => member.handOver()));
          wake();
        },
        settled: () => member.settled(),
        close,
      };
    },
    acknowledged(entryIds) {
      const freed = seats.all().filter(({ member }) => member.release(entryIds));
      if (freed.length > 0 && (!drained || freed.some(({ mustRecover }) => mustRecover))) wake();
    },
    fail,
    async close() {
      fail(new Outage('CLUSTER_UNAVAILABLE', 'The server is shutting down.'));
      await serial(() => Promise.resolve());
    },
  };
}

/** Often enough for the consumer that waits least before it takes from others. */
function claimEveryMs(seats: Seats): number {
  const shortest = Math.min(...seats.all().map(({ member }) => member.request.claimIdleMs));
  return Math.min(longestClaimRoundMs, Math.max(shortestClaimRoundMs, shortest / 2));
}
