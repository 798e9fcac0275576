import type { GroupDelivery } from '../../../domain/realtime/delivery.js';
import { closedDatasource, ExpectedFailure } from '../../../domain/errors.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import { createSerial } from '../../../runtime/serial.js';
import { createTimers } from '../../../runtime/timers.js';
import type { Logger } from '../../../telemetry/log.js';
import type { GroupRequest } from '../interfaces.js';
import type { StreamListener } from '../streams/stream-watch.js';
import type { StreamWatching } from '../streams/stream-watches.js';
import { createConsumerErrorPolicy } from './consumer-error-policy.js';
import { createConsumerSubscription, type ConsumerSubscription } from './consumer-subscription.js';
import { createGroupAhead } from './group-ahead.js';
import type { GroupCommands } from './group-commands.js';
import { createGroupMaintenance } from './group-maintenance.js';
import { createGroupReadLoop } from './group-read-loop.js';
import { createLocalConsumers, type LocalConsumer } from './local-consumers.js';
import { createGroupRecreation } from './recreate-group.js';

/** This process's consumers of one group. They share one connection and read in turn, each as much as it has credit for. */
export interface GroupReader {
  /** @throws ExpectedFailure INVALID_STATE if a consumer of that name already reads */
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
  /** Called when a consumer has left with pending entries, so that its name has to stay in the group for now. */
  readonly remains: (consumer: Buffer) => void;
  /** Called once, when the last consumer has left. */
  readonly ended: () => void;
}

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
  // One task at a time: a consumer leaves after the reads for it, and two consumers never claim from each other.
  const serial = createSerial();
  const wake = (): void => loop.wake();
  const recreation = createGroupRecreation(commands, log);
  const errorPolicy = createConsumerErrorPolicy({ consumers, recreation, timers, log, wake });
  const runFor = errorPolicy.run;
  const ahead = createGroupAhead({ consumers, commands, runFor, incarnation: () => watching.incarnation, log });
  const shared = { consumers, commands, recreation, ahead, serial };
  const maintenance = createGroupMaintenance({ ...shared, runFor, timers, silentConsumerMs, log, wake });
  const loop = createGroupReadLoop({ ...shared, errorPolicy, consumersFull: maintenance.refreshPendingSoon });
  let isEnded = false;

  const end = (): void => {
    if (isEnded) return;
    isEnded = true;
    watching.end();
    timers.clear();
    ended();
  };
  const leave = async ({ request: { consumer } }: ConsumerSubscription): Promise<void> => {
    try {
      if (!(await commands.leave(consumer))) {
        remains(consumer);
        await maintenance.claim();
      }
    } catch (error) {
      log.debug({ err: error }, 'a consumer could not leave its group; its entries are claimed when they are idle');
    }
    if (consumers.all().length === 0) end();
  };
  const fail = (reason: Error): void => {
    for (const localConsumer of consumers.all()) localConsumer.fail(reason);
  };
  const watching = watch({
    mayHaveGrown: wake,
    restarted() {
      recreation.restarted();
      wake();
    },
    failed(reason) {
      // First, so that a caller that opens again within `error` receives a new reader.
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
      const subscription = createConsumerSubscription(request, listener, commands);
      let isClosed = false;
      const close = (): void => {
        if (isClosed) return;
        isClosed = true;
        subscription.close();
        consumers.remove(consumer);
        void serial(() => leave(subscription));
      };
      const localConsumer: LocalConsumer = {
        subscription,
        mustRecover: true,
        hasRead: false,
        fail(reason) {
          if (isClosed) return;
          close();
          listener.error(reason);
        },
      };
      consumers.add(consumer, localConsumer);
      wake();
      maintenance.start();
      return {
        cursor: () => subscription.cursor(),
        pause: () => subscription.setPaused(true),
        resume() {
          subscription.setPaused(false);
          void serial(() => runFor(localConsumer, () => subscription.deliverWaiting()));
          wake();
        },
        drained: () => subscription.drained(),
        close,
      };
    },
    acknowledged(entryIds) {
      loop.creditReturned(consumers.all().filter(({ subscription }) => subscription.release(entryIds)));
    },
    fail,
    async close() {
      fail(closedDatasource());
      await serial(() => Promise.resolve());
    },
  };
}
