import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { GroupSample } from '../../valkey/values/streams/group-sample.js';
import { asFailure } from '../shared/failure.js';
import { waitsForReconnection } from '../shared/reconnection-policy.js';
import { createProgressSubscriber, type ProgressSubscriber } from './progress-subscriber.js';

/**
 * Samples the progress of one group for all its subscribers: after writes that this process knows about, and from time to time
 * for the other writes.
 */
export interface ProgressPoller {
  open(everyMs: number, listener: LiveListener<GroupSample>): LiveSubscription;
  /** The progress may have changed. */
  wake(): void;
  fail(reason: Error): void;
}

interface ProgressPollerOptions {
  readonly sample: () => Promise<GroupSample>;
  /** Called once, when the last subscriber has left. */
  readonly ended: () => void;
}

/** - samplingOutdated: The progress may have changed since the sample was requested; another one follows. */
type State =
  | { readonly name: 'idle' | 'sampling' | 'samplingOutdated' }
  | { readonly name: 'scheduled'; readonly dueAt: number; readonly timer: NodeJS.Timeout };

/** Longest pauses between two samples while nothing changes, for a group with entries left and for one without. */
const busyPauseMs = 2000;
const idlePauseMs = 15_000;

export function createProgressPoller({ sample, ended }: ProgressPollerOptions): ProgressPoller {
  const subscribers = new Set<ProgressSubscriber>();
  let state: State = { name: 'idle' };
  let last: GroupSample | undefined;
  let sampledAt = -Infinity;
  let pauseMs = 0;

  const shortestMs = (): number => Math.min(...[...subscribers].map(({ everyMs }) => everyMs));
  const enter = (next: State): void => {
    if (state.name === 'scheduled') clearTimeout(state.timer);
    state = next;
  };
  /** Samples in `ms` at the latest. A sample that was requested before does not count. */
  const sampleIn = (ms: number): void => {
    switch (state.name) {
      case 'sampling':
      case 'samplingOutdated':
        enter({ name: 'samplingOutdated' });
        return;
      case 'scheduled':
        if (performance.now() + ms >= state.dueAt) return;
        break;
      case 'idle':
    }
    const dueAt = performance.now() + ms;
    enter({ name: 'scheduled', dueAt, timer: setTimeout(() => void sampleNow(), ms).unref() });
  };
  const sampleNow = async (): Promise<void> => {
    enter({ name: 'sampling' });
    sampledAt = performance.now();
    try {
      take(await sample());
    } catch (error) {
      // A subscriber that comes now learns the reason.
      last = undefined;
      const reason = asFailure(error);
      for (const subscriber of [...subscribers]) {
        if (!waitsForReconnection(reason, subscriber.hasReceived())) subscriber.fail(reason);
      }
      pauseMs = busyPauseMs;
    }
    scheduleNext();
  };
  const scheduleNext = (): void => {
    const nextMs = state.name === 'samplingOutdated' ? shortestMs() : pauseMs;
    enter({ name: 'idle' });
    if (subscribers.size > 0) sampleIn(nextMs);
  };
  const take = (sampled: GroupSample): void => {
    const longest = sampled.pending > 0 || sampled.lag !== 0 ? busyPauseMs : idlePauseMs;
    const isSame = sampled.key === last?.key;
    pauseMs = isSame ? Math.min(Math.max(pauseMs, shortestMs()) * 2, longest) : shortestMs();
    last = sampled;
    for (const subscriber of [...subscribers]) subscriber.offer(sampled);
  };

  return {
    open(everyMs, listener) {
      const subscriber = createProgressSubscriber(everyMs, listener, () => {
        subscribers.delete(subscriber);
        if (subscribers.size > 0) return;
        enter({ name: 'idle' });
        ended();
      });
      subscribers.add(subscriber);
      const isFresh = last !== undefined && performance.now() < sampledAt + everyMs;
      if (isFresh) queueMicrotask(() => last && subscriber.offer(last));
      else sampleIn(0);
      return subscriber;
    },
    wake() {
      if (subscribers.size > 0) sampleIn(Math.max(0, sampledAt + shortestMs() - performance.now()));
    },
    fail(reason) {
      for (const subscriber of [...subscribers]) subscriber.fail(reason);
    },
  };
}
