import type { GroupDelivery } from '../../../domain/realtime/delivery.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import { createGroupAhead } from './group-ahead.js';
import type { GroupCommands } from './group-commands.js';
import { createConsumerErrorPolicy } from './consumer-error-policy.js';
import { createGroupRecreation } from './recreate-group.js';
import { createNewEntriesReader } from './read-new-entries.js';
import { createConsumerSubscription, type ConsumerSubscription } from './consumer-subscription.js';
import { claimIdle, refreshPending, removeDeadConsumers } from './consumer-maintenance.js';
import { createLocalConsumers, type LocalConsumer, type LocalConsumers } from './local-consumers.js';
import { claimOwnPending } from './claim-entries.js';
import { runPeriodically, type PeriodicTask } from './periodic-tasks.js';
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
  const consumers = createLocalConsumers();
  const timers = createTimers();
  const recreation = createGroupRecreation(commands, log);
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
    if (!(await ensureGroupExists())) return;
    for (const localConsumer of consumers.all()) if (localConsumer.mustRecover) await recover(localConsumer);
    const left = await readNewEntries();
    await ahead.check(recreation.position());
    // What was added while it read has been told meanwhile.
    drained = left === 'nothing' && !scheduled;
    if (consumers.all().some(({ subscription }) => subscription.isFull()))
      timers.once('look', lookMs, () => void serial(look));
    if (left === 'plenty') wake();
  };
  const { run: runFor, ensureGroupExists } = createConsumerErrorPolicy({ consumers, recreation, timers, log, wake });
  const readNewEntries = createNewEntriesReader(consumers, commands, runFor, (lastId) => recreation.delivered(lastId));
  const ahead = createGroupAhead({ consumers, commands, runFor, incarnation: () => watching.incarnation, log });
  const recover = (localConsumer: LocalConsumer): Promise<void> =>
    runFor(localConsumer, async () => {
      if (localConsumer.subscription.mustBegin()) {
        // Rejects if there is no such group. If there is, it keeps for its consumers whatever is added from now on.
        await commands.pending('-', 1, { consumer: localConsumer.subscription.request.consumer });
        await localConsumer.subscription.begin();
      }
      if (await claimOwnPending(localConsumer.subscription, commands)) localConsumer.mustRecover = false;
    });
  const learn = (): Promise<void> => {
    hasAsked = true;
    return recreation
      .readPosition()
      .catch((error: unknown) => log.debug({ err: error }, 'how far a group is cannot be asked now'));
  };
  const look = async (): Promise<void> => {
    const freed = await refreshPending(consumers, commands, runFor);
    lookMs = freed ? firstLookMs : Math.min(lookMs * 2, longestLookMs);
    wake();
  };
  const claim = async (): Promise<void> => {
    await claimIdle(consumers, commands, runFor);
    await learn();
    await ahead.check(recreation.position());
  };
  const sweep = (): Promise<void> =>
    removeDeadConsumers(consumers, commands, silentConsumerMs).catch((error: unknown) =>
      log.debug({ err: error }, 'consumers that died cannot be removed now'),
    );
  const periodicTasks: readonly PeriodicTask[] = [
    { name: 'claim', everyMs: () => claimEveryMs(consumers), run: claim },
    { name: 'sweep', everyMs: () => silentConsumerMs / 3, run: sweep },
  ];

  const leave = async (consumerSubscription: ConsumerSubscription): Promise<void> => {
    try {
      const { consumer } = consumerSubscription.request;
      if (!(await commands.leave(consumer))) {
        remains(consumer);
        await claim();
      }
    } catch (error) {
      log.debug({ err: error }, 'a consumer could not leave its group; its entries are claimed when they are idle');
    }
    if (consumers.all().length === 0) end();
  };
  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    watching.end();
    timers.clear();
    ended();
  };
  const fail = (reason: Error): void => {
    for (const localConsumer of consumers.all()) localConsumer.fail(reason);
  };
  const watching = watch({
    news: wake,
    restarted() {
      recreation.restarted();
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
      if (consumers.get(consumer)) {
        throw new ExpectedFailure(
          'INVALID_STATE',
          'Expected another consumer name: a consumer of this name is reading.',
        );
      }
      const consumerSubscription = createConsumerSubscription(request, listener, commands);
      let closed = false;
      const close = (): void => {
        if (closed) return;
        closed = true;
        consumerSubscription.close();
        consumers.remove(consumer);
        void serial(() => leave(consumerSubscription));
      };
      const localConsumer: LocalConsumer = {
        subscription: consumerSubscription,
        mustRecover: true,
        hasRead: false,
        fail(reason) {
          if (closed) return;
          close();
          listener.error(reason);
        },
      };
      consumers.add(consumer, localConsumer);
      wake();
      for (const task of periodicTasks) runPeriodically(task, { consumers, timers, serial });
      return {
        cursor: () => consumerSubscription.cursor(),
        pause: () => consumerSubscription.setPaused(true),
        resume() {
          consumerSubscription.setPaused(false);
          void serial(() => runFor(localConsumer, () => consumerSubscription.handOver()));
          wake();
        },
        drained: () => consumerSubscription.drained(),
        close,
      };
    },
    acknowledged(entryIds) {
      const freed = consumers
        .all()
        .filter(({ subscription: consumerSubscription }) => consumerSubscription.release(entryIds));
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
function claimEveryMs(consumers: LocalConsumers): number {
  const shortest = Math.min(...consumers.all().map(({ subscription }) => subscription.request.claimIdleMs));
  return Math.min(longestClaimRoundMs, Math.max(shortestClaimRoundMs, shortest / 2));
}
