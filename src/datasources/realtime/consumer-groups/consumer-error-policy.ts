import type { Logger } from '../../../telemetry/log.js';
import { asFailure, isPermanent, isNoGroup } from '../shared/failure.js';
import type { GroupRecreation } from './recreate-group.js';
import type { LocalConsumer, LocalConsumers } from './local-consumers.js';
import type { Timers } from '../../../runtime/timers.js';

/** Runs one seat's commands; their failure is the seat's own and told to it, or waited out. */
export type RunForConsumer = (consumer: LocalConsumer, task: () => Promise<void>) => Promise<void>;

export interface ConsumerErrorPolicy {
  readonly run: RunForConsumer;
  /** Whether the group stands, made again where it was gone. Where it does not, `wake` is called when it is time. */
  ensureGroupExists(this: void): Promise<boolean>;
}

const retryMs = 250;
/** A group that is destroyed again and again is not made again more often. */
const recreateIntervalMs = 1000;

export function createConsumerErrorPolicy(options: {
  readonly consumers: LocalConsumers;
  readonly recreation: GroupRecreation;
  readonly timers: Timers;
  readonly log: Logger;
  readonly wake: () => void;
}): ConsumerErrorPolicy {
  const { consumers, recreation, timers, log, wake } = options;
  let isGone = false;
  let recreatedAt = -Infinity;

  return {
    async run(consumer, task) {
      try {
        await task();
        consumer.hasRead = true;
      } catch (error) {
        const reason = asFailure(error);
        if (isNoGroup(error) && recreation.position() !== undefined) {
          consumer.mustRecover = true;
          isGone = true;
          wake();
        } else if (isPermanent(reason) || !consumer.hasRead) {
          // Who has read already waits for the cluster to come back; who begins is told at once.
          consumer.fail(reason);
        } else {
          log.debug({ err: reason }, 'a consumer waits for its cluster');
          consumer.mustRecover = true;
          timers.once('retry', retryMs, wake);
        }
      }
    },
    async ensureGroupExists() {
      if (!isGone) return true;
      const waitMs = recreatedAt + recreateIntervalMs - performance.now();
      if (waitMs > 0) {
        timers.once('heal', waitMs, wake);
        return false;
      }
      recreatedAt = performance.now();
      try {
        await recreation.recreate(consumers.all().map(({ subscription }) => subscription));
        isGone = false;
        return true;
      } catch (error) {
        const reason = asFailure(error);
        if (isPermanent(reason)) {
          isGone = false;
          for (const localConsumer of consumers.all()) localConsumer.fail(reason);
        } else {
          timers.once('heal', recreateIntervalMs, wake);
        }
        return false;
      }
    },
  };
}
