import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';
import type { GroupSample } from '../../valkey/values/streams/group-sample.js';

/** One subscriber of a group's progress. It receives only samples that differ from its last one, at most one every `everyMs`. */
export interface ProgressSubscriber extends LiveSubscription {
  readonly everyMs: number;
  hasReceived(): boolean;
  offer(sample: GroupSample): void;
  fail(reason: Error): void;
}

export function createProgressSubscriber(
  everyMs: number,
  listener: LiveListener<GroupSample>,
  leave: () => void,
): ProgressSubscriber {
  let newest: GroupSample | undefined;
  let sentKey: string | undefined;
  let sentAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let isPaused = false;
  let isClosed = false;

  const send = (): void => {
    if (isPaused || isClosed || timer || !newest || newest.key === sentKey) return;
    const waitMs = sentAt + everyMs - performance.now();
    if (waitMs > 0) {
      timer = setTimeout(() => {
        timer = undefined;
        send();
      }, waitMs).unref();
      return;
    }
    sentKey = newest.key;
    sentAt = performance.now();
    listener.next(newest);
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    leave();
  };
  return {
    everyMs,
    hasReceived: () => sentKey !== undefined,
    offer(sample) {
      newest = sample;
      send();
    },
    fail(reason) {
      if (isClosed) return;
      close();
      listener.error(reason);
    },
    pause: () => void (isPaused = true),
    resume() {
      isPaused = false;
      send();
    },
    close,
  };
}
