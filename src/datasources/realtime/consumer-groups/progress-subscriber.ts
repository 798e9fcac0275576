import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { GroupSample } from '../../valkey/values/streams/group-sample.js';

/** One who follows a group: told of what differs from what it was told last, not more often than it asked for. */
export interface ProgressSubscriber extends LiveSubscription {
  readonly everyMs: number;
  hasAnswer(): boolean;
  offer(sample: GroupSample): void;
  fail(reason: Error): void;
}

export function createProgressSubscriber(
  everyMs: number,
  listener: LiveListener<GroupSample>,
  leave: () => void,
): ProgressSubscriber {
  let newest: GroupSample | undefined;
  let toldKey: string | undefined;
  let toldAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let paused = false;
  let closed = false;

  const tell = (): void => {
    if (paused || closed || timer || !newest || newest.key === toldKey) return;
    const waitMs = toldAt + everyMs - performance.now();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        tell();
      }, waitMs).unref();
      return;
    }
    toldKey = newest.key;
    toldAt = performance.now();
    listener.next(newest);
  };
  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    leave();
  };
  return {
    everyMs,
    hasAnswer: () => toldKey !== undefined,
    offer(sample) {
      newest = sample;
      tell();
    },
    fail(reason) {
      if (closed) return;
      close();
      listener.error(reason);
    },
    pause: () => void (paused = true),
    resume() {
      paused = false;
      tell();
    },
    close,
  };
}
