import { clusterChanges, isInTransition, type ClusterChange } from '../../../domain/cluster/cluster-change.js';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import { createLiveSource, type LiveListener } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { createChangeQueue, type ChangeQueue } from './change-queue.js';
import { createHeldAccessChanges } from './held-access-changes.js';
import { createPollPace } from './poll-pace.js';
import { createPolling, type Polling } from './polling.js';
import type { ClusterWatch, ControlPlane } from '../interfaces.js';

export interface ClusterWatchOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'onWrite' | 'onClusters' | 'revision'>;
  readonly connections: Pick<ValkeyConnections, 'onDataAccessChange' | 'dataAccess'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Pause between polls while a cluster is in transition. */
  readonly fastMs?: number;
  /** Pause between polls otherwise. Only changes by other clients can then be detected. */
  readonly slowMs?: number;
}

interface Subscriber {
  readonly clusterName: string | undefined;
  readonly queue: ChangeQueue;
  readonly listener: LiveListener<ClusterChange>;
  /** Whether it has received the existing clusters. It receives no change before. */
  isInitialized: boolean;
}

/**
 * Watches all clusters while there are subscribers, with one poll for all of them. A failed poll is logged once and is not reported to
 * subscribers. They receive the changes when ElastiCache answers again.
 */
export function createClusterWatch(options: ClusterWatchOptions): ClusterWatch {
  const { controlPlane, connections, log, fastMs = 200, slowMs = 5_000 } = options;
  const subscribers = new Set<Subscriber>();
  const pace = createPollPace();
  const accessChanges = createHeldAccessChanges((name) => connections.dataAccess(name));
  let known: readonly Cluster[] = [];
  let lastChangeAt = 0;
  /** Whether `known` was read since the first subscriber came. */
  let hasPolled = false;
  let isFailing = false;
  let isClosed = false;
  let stop: (() => void) | undefined;
  let polling: Polling | undefined;

  const report = (change: ClusterChange): void => {
    for (const subscriber of [...subscribers]) if (subscriber.isInitialized) enqueue(subscriber, change);
  };
  const update = (clusters: readonly Cluster[]): void => {
    const changes = clusterChanges(known, clusters);
    if (changes.length > 0) lastChangeAt = performance.now();
    known = clusters;
    for (const change of changes) {
      accessChanges.reported(change.cluster.name);
      report(change);
    }
  };
  const initialize = (newSubscribers: readonly Subscriber[]): void => {
    const initial = known.map((cluster): ClusterChange => ({ reason: 'INITIAL', cluster }));
    for (const subscriber of newSubscribers) {
      subscriber.isInitialized = true;
      for (const change of initial) enqueue(subscriber, change);
    }
  };
  const reportAccess = (due: ReturnType<ReturnType<typeof accessChanges.readStarts>>): void => {
    for (const [clusterName, cause] of due) {
      const cluster = known.find(({ name }) => name.toLowerCase() === clusterName);
      if (cluster) report({ reason: 'DATA_ACCESS', cluster, ...cause });
    }
  };
  const poll = async (): Promise<void> => {
    const takeDue = accessChanges.readStarts();
    const newSubscribers = [...subscribers].filter(({ isInitialized }) => !isInitialized);
    const currentPolling = polling;
    try {
      const clusters = await controlPlane.clusters();
      pace.succeeded();
      // The last subscriber may have left, and a new one have come, for which another poll runs.
      if (polling !== currentPolling) return;
      update(clusters);
      reportAccess(takeDue());
      initialize(newSubscribers);
      hasPolled = true;
      if (isFailing) log.info('ElastiCache answers again; cluster changes are reported again.');
      isFailing = false;
    } catch (error) {
      pace.failed(error);
      if (!isFailing)
        log.warn({ err: error }, 'ElastiCache does not answer; cluster changes are not reported for now.');
      isFailing = true;
      if (polling === currentPolling) reportAccess(takeDue());
    }
  };
  const delayMs = (): number => {
    if (isFailing) return Math.min(slowMs, 5 * fastMs);
    const quietMs = performance.now() - lastChangeAt;
    const isSettled = quietMs > 10 * fastMs && !known.some(isInTransition);
    // On AWS, transitions take minutes. The longer nothing happens, the longer the pauses.
    return isSettled ? slowMs : Math.min(slowMs, Math.max(fastMs, quietMs / 50));
  };

  const start = (): void => {
    lastChangeAt = performance.now();
    const current = (polling = createPolling(poll, () => pace.delayMs(delayMs())));
    current.wake();
    const stops = [
      controlPlane.onWrite(() => {
        lastChangeAt = performance.now();
        current.wake();
      }),
      connections.onDataAccessChange((access, causedBy) => {
        accessChanges.hold(access, causedBy);
        // During an outage of ElastiCache, no poll would release the change.
        if (isFailing) reportAccess(accessChanges.readStarts()());
        else current.wake();
      }),
      // Subscribers receive immediately what a query has read. A read that started before a write may not show it.
      controlPlane.onClusters(({ clusters, revision }) => {
        if (hasPolled && revision === controlPlane.revision()) update(clusters);
      }),
    ];
    stop = () => {
      current.close();
      for (const stopOne of stops) stopOne();
      accessChanges.clear();
      known = [];
      hasPolled = false;
      polling = stop = undefined;
    };
  };
  const subscribe = (subscriber: Subscriber): void => {
    subscribers.add(subscriber);
    if (polling) polling.wake();
    else start();
  };
  const remove = (subscriber: Subscriber): void => {
    subscriber.queue.close();
    if (subscribers.delete(subscriber) && subscribers.size === 0) stop?.();
  };
  const close = (): Promise<void> => {
    isClosed = true;
    for (const subscriber of [...subscribers]) {
      remove(subscriber);
      subscriber.listener.complete();
    }
    return Promise.resolve();
  };

  return {
    changes: ({ clusterName, maySee = () => true } = {}) =>
      createLiveSource((listener) => {
        // Checked at delivery: while the change waited, the subscriber may have lost its permission.
        const next = (change: ClusterChange): void => {
          if (maySee(change.cluster.name)) listener.next(change);
        };
        const queue = createChangeQueue({ next });
        const subscriber = { clusterName: clusterName?.toLowerCase(), queue, listener, isInitialized: false };
        if (isClosed) queueMicrotask(() => listener.complete());
        else subscribe(subscriber);
        return { pause: () => queue.pause(), resume: () => queue.resume(), close: () => remove(subscriber) };
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function enqueue({ clusterName, queue }: Subscriber, change: ClusterChange): void {
  if (clusterName === undefined || clusterName === change.cluster.name.toLowerCase()) queue.push(change);
}
