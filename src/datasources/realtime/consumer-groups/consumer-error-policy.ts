import type { Logger } from '../../../telemetry/log.js';
import { asFailure, isNoGroup } from '../shared/failure.js';
import { isPermanent, reconnectionRetryMs, waitsForReconnection } from '../shared/reconnection-policy.js';
import type { GroupRecreation } from './recreate-group.js';
import type { LocalConsumer, LocalConsumers } from './local-consumers.js';
import type { Timers } from '../../../runtime/timers.js';

/** Runs commands on behalf of one consumer. If they fail, that consumer alone ends or waits for its cluster. */
export type RunForConsumer = (consumer: LocalConsumer, task: () => Promise<void>) => Promise<void>;

export interface ConsumerErrorPolicy {
  readonly run: RunForConsumer;
  /**
   * Resolves whether the group exists, after recreating it if it was destroyed. If it cannot be recreated yet, `wake` is called
   * when it is time to try again.
   */
  ensureGroupExists(this: void): Promise<boolean>;
}

/** The shortest time between two attempts to recreate a group, even if it is destroyed again and again. */
const recreationIntervalMs = 1000;

export function createConsumerErrorPolicy(options: {
  readonly consumers: LocalConsumers;
  readonly recreation: GroupRecreation;
  readonly timers: Timers;
  readonly log: Logger;
  readonly wake: () => void;
}): ConsumerErrorPolicy {
  const { consumers, recreation, timers, log, wake } = options;
  let isGone = false;
  let attemptedAt = -Infinity;

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
        } else if (waitsForReconnection(reason, consumer.hasRead)) {
          log.debug({ err: reason }, 'a consumer waits for its cluster');
          consumer.mustRecover = true;
          timers.once('retry', reconnectionRetryMs, wake);
        } else {
          consumer.fail(reason);
        }
      }
    },
    async ensureGroupExists() {
      if (!isGone) return true;
      const waitMs = attemptedAt + recreationIntervalMs - performance.now();
      if (waitMs > 0) {
        timers.once('recreate', waitMs, wake);
        return false;
      }
      attemptedAt = performance.now();
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
          timers.once('recreate', recreationIntervalMs, wake);
        }
        return false;
      }
    },
  };
}
