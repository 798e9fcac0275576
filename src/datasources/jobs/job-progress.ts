import { ExpectedFailure } from '../../domain/errors.js';
import type { KeyJob } from '../../domain/key/key-job.js';
import { asError } from '../../runtime/errors.js';
import { createLiveSource, type LiveListener, type LiveSource } from '../../runtime/live-source.js';
import { repeat } from '../../runtime/repeat.js';
import { expectedFailure } from '../valkey/values/expected-failure.js';

interface Watcher {
  readonly listener: LiveListener<KeyJob>;
  received: string | undefined;
  isPaused: boolean;
}

export interface JobProgress {
  source(this: void, cluster: string, id: string): LiveSource<KeyJob>;
  /** The job has ended; its last state is read at once. */
  ended(cluster: string, id: string): void;
  close(reason: Error): void;
}

/** Time between two reads of a job. */
const everyMs = 300;

/**
 * Follows jobs for all who watch them: each job is read once for all its watchers. A watcher that reads slowly skips states, but never
 * the last one.
 */
export function createJobProgress(read: (cluster: string, id: string) => Promise<KeyJob | null>): JobProgress {
  const feeds = new Map<string, ReturnType<typeof startFeed>>();
  const keyOf = (cluster: string, id: string): string => `${cluster.toLowerCase()}/${id}`;
  return {
    source: (cluster, id) =>
      createLiveSource((listener) => {
        const key = keyOf(cluster, id);
        let feed = feeds.get(key);
        if (!feed) {
          feed = startFeed(
            () => read(cluster, id),
            () => feeds.delete(key),
          );
          feeds.set(key, feed);
        }
        return feed.open(listener);
      }),
    ended: (cluster, id) => feeds.get(keyOf(cluster, id))?.readNow(),
    close(reason) {
      for (const feed of [...feeds.values()]) feed.fail(reason);
    },
  };
}

function startFeed(read: () => Promise<KeyJob | null>, closed: () => void) {
  const watchers = new Set<Watcher>();
  let latest: KeyJob | undefined;
  let latestText = '';
  let pauseMs = 0;

  const leave = (watcher: Watcher): void => {
    if (!watchers.delete(watcher) || watchers.size > 0) return;
    polling.stop();
    closed();
  };
  /** Unless the listener has closed or paused its subscription when it received the last state. */
  const complete = (watcher: Watcher): void => {
    if (watcher.isPaused || !watchers.has(watcher)) return;
    leave(watcher);
    watcher.listener.complete();
  };
  const send = (watcher: Watcher): void => {
    if (!latest || watcher.isPaused || !watchers.has(watcher)) return;
    if (watcher.received !== latestText) {
      watcher.received = latestText;
      watcher.listener.next(latest);
    }
    if (latest.status !== 'RUNNING') complete(watcher);
  };
  const fail = (reason: Error): void => {
    for (const watcher of [...watchers]) {
      leave(watcher);
      watcher.listener.error(reason);
    }
  };
  const readOnce = async (): Promise<void> => {
    try {
      const job = await read();
      if (!job) {
        fail(noSuchJob());
        return;
      }
      const text = JSON.stringify(job);
      if (text !== latestText) [latest, latestText] = [job, text];
      for (const watcher of [...watchers]) send(watcher);
    } catch (error) {
      const reason = expectedFailure(asError(error));
      // Watchers wait while the cluster is away; the job does so, too.
      if (reason instanceof ExpectedFailure || !latest) fail(reason);
    } finally {
      pauseMs = everyMs;
    }
  };
  const polling = repeat(readOnce, () => pauseMs);
  return {
    open(listener: LiveListener<KeyJob>) {
      const watcher: Watcher = { listener, received: undefined, isPaused: false };
      watchers.add(watcher);
      queueMicrotask(() => send(watcher));
      return {
        pause: () => void (watcher.isPaused = true),
        resume() {
          watcher.isPaused = false;
          send(watcher);
        },
        close: () => leave(watcher),
      };
    },
    readNow() {
      pauseMs = 0;
      polling.wake();
    },
    fail,
  };
}

function noSuchJob(): ExpectedFailure {
  return new ExpectedFailure('NOT_FOUND', 'There is no such job. Jobs are kept for a day after they have ended.', {
    path: ['id'],
  });
}
