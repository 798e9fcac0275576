import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { GroupSample } from '../../valkey/values/streams/group-sample.js';
import { asFailure, isPermanent } from '../shared/failure.js';
import { createProgressSubscriber, type ProgressSubscriber } from './progress-subscriber.js';

/** Looks at one group for all who follow it: after writes that are known here, and now and then for those that are not. */
export interface ProgressPoller {
  open(everyMs: number, listener: LiveListener<GroupSample>): LiveSubscription;
  /** Something may have changed. */
  wake(): void;
  fail(reason: Error): void;
}

interface ProgressPollerOptions {
  readonly sample: () => Promise<GroupSample>;
  /** Called once, when nobody follows the group any more. */
  readonly ended: () => void;
}

/** Longest pauses between two looks at a group that stands still, with work left or without. */
const busyPauseMs = 2000;
const idlePauseMs = 15_000;

export function createProgressPoller({ sample, ended }: ProgressPollerOptions): ProgressPoller {
  const subscribers = new Set<ProgressSubscriber>();
  let last: GroupSample | undefined;
  let lookedAt = -Infinity;
  let pauseMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  let isLooking = false;
  let mustLookAgain = false;

  const shortestMs = (): number => Math.min(...[...subscribers].map(({ everyMs }) => everyMs));
  const hasNews = (): boolean => mustLookAgain;
  const lookIn = (ms: number): void => {
    const at = performance.now() + ms;
    if (subscribers.size === 0 || at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => void look(), ms).unref();
  };
  const look = async (): Promise<void> => {
    dueAt = Infinity;
    isLooking = true;
    mustLookAgain = false;
    lookedAt = performance.now();
    try {
      take(await sample());
    } catch (error) {
      const reason = asFailure(error);
      // Who has had an answer waits for the cluster to come back.
      for (const subscriber of [...subscribers]) {
        if (isPermanent(reason) || !subscriber.hasAnswer()) subscriber.fail(reason);
      }
      pauseMs = busyPauseMs;
    } finally {
      isLooking = false;
    }
    lookIn(hasNews() ? shortestMs() : pauseMs);
  };
  const take = (now: GroupSample): void => {
    const longest = now.pending > 0 || now.lag !== 0 ? busyPauseMs : idlePauseMs;
    const isSame = now.key === last?.key;
    pauseMs = isSame ? Math.min(Math.max(pauseMs, shortestMs()) * 2, longest) : shortestMs();
    last = now;
    for (const subscriber of [...subscribers]) subscriber.offer(now);
  };
  const wake = (): void => {
    if (isLooking) mustLookAgain = true;
    else lookIn(Math.max(0, lookedAt + shortestMs() - performance.now()));
  };

  return {
    open(everyMs, listener) {
      const subscriber = createProgressSubscriber(everyMs, listener, () => {
        subscribers.delete(subscriber);
        if (subscribers.size > 0) return;
        clearTimeout(timer);
        ended();
      });
      subscribers.add(subscriber);
      const isFresh = last !== undefined && performance.now() < lookedAt + everyMs;
      if (isFresh) queueMicrotask(() => last && subscriber.offer(last));
      else if (isLooking) mustLookAgain = true;
      else lookIn(0);
      return subscriber;
    },
    wake,
    fail(reason) {
      for (const subscriber of [...subscribers]) subscriber.fail(reason);
    },
  };
}
