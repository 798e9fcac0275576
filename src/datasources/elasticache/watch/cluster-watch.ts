import { clusterChanges, isInTransition, type ClusterChange } from '../../../domain/cluster/cluster-change.js';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import { createLiveSource, type LiveListener } from '../../../runtime/live-source.js';
import type { Logger } from '../../../telemetry/log.js';
import type { ValkeyConnections } from '../../valkey/interfaces.js';
import { createChangeQueue, type ChangeQueue } from './change-queue.js';
import { createHeldAccessChanges } from './held-access-changes.js';
import { createPolling, type Polling } from './polling.js';
import type { ClusterWatch, ControlPlane } from '../interfaces.js';

export interface ClusterWatchOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'onWrite' | 'onClusters' | 'revision'>;
  readonly connections: Pick<ValkeyConnections, 'onDataAccessChange' | 'dataAccess'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** Between looks while something is on its way. */
  readonly fastMs?: number;
  /** Between looks at rest, when only somebody else's change could be seen. */
  readonly slowMs?: number;
}

interface Subscriber {
  readonly clusterName: string | undefined;
  readonly queue: ChangeQueue;
  readonly listener: LiveListener<ClusterChange>;
  /** Whether it was told how things stand; before that it is told no change. */
  greeted: boolean;
}

/**
 * Watches all clusters by describing them while there are subscribers: one look for all, whatever their number. A look
 * that fails is logged once and disturbs no subscriber; they see what has changed when ElastiCache answers again.
 */
export function createClusterWatch(options: ClusterWatchOptions): ClusterWatch {
  const { controlPlane, connections, log, fastMs = 200, slowMs = 5_000 } = options;
  const subscribers = new Set<Subscriber>();
  const accessChanges = createHeldAccessChanges((name) => connections.dataAccess(name));
  let known: readonly Cluster[] = [];
  let lastChangeAt = 0;
  /** Whether `known` is what a look has found since the first subscriber came. */
  let hasLooked = false;
  let failing = false;
  let closed = false;
  let stop: (() => void) | undefined;
  let polling: Polling | undefined;

  const tell = (change: ClusterChange): void => {
    for (const subscriber of [...subscribers]) if (subscriber.greeted) deliverNext(subscriber, change);
  };
  const show = (clusters: readonly Cluster[]): void => {
    const changes = clusterChanges(known, clusters);
    if (changes.length > 0) lastChangeAt = performance.now();
    known = clusters;
    for (const change of changes) {
      accessChanges.reported(change.cluster.name);
      tell(change);
    }
  };
  const greet = (newcomers: readonly Subscriber[]): void => {
    const initial = known.map((cluster): ClusterChange => ({ reason: 'INITIAL', cluster }));
    for (const newcomer of newcomers) {
      newcomer.greeted = true;
      for (const change of initial) deliverNext(newcomer, change);
    }
  };
  const tellAccess = (due: ReturnType<ReturnType<typeof accessChanges.lookBegins>>): void => {
    for (const [clusterName, cause] of due) {
      const cluster = known.find(({ name }) => name.toLowerCase() === clusterName);
      if (cluster) tell({ reason: 'DATA_ACCESS', cluster, ...cause });
    }
  };
  const look = async (): Promise<void> => {
    const takeDue = accessChanges.lookBegins();
    const newcomers = [...subscribers].filter(({ greeted }) => !greeted);
    const asked = polling;
    try {
      const clusters = await controlPlane.clusters();
      // The last subscriber may have left, and another come, who has a look of its own.
      if (polling !== asked) return;
      show(clusters);
      tellAccess(takeDue());
      greet(newcomers);
      hasLooked = true;
      if (failing) log.info('ElastiCache answers again: cluster changes are seen again.');
      failing = false;
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'ElastiCache does not answer: cluster changes are not seen for now.');
      failing = true;
      if (polling === asked) tellAccess(takeDue());
    }
  };
  const delayMs = (): number => {
    if (failing) return Math.min(slowMs, 5 * fastMs);
    const quietMs = performance.now() - lastChangeAt;
    const settled = quietMs > 10 * fastMs && !known.some(isInTransition);
    // On AWS a cluster is minutes on its way: the longer nothing happens, the rarer the looks.
    return settled ? slowMs : Math.min(slowMs, Math.max(fastMs, quietMs / 50));
  };

  const start = (): void => {
    lastChangeAt = performance.now();
    const current = (polling = createPolling(look, delayMs));
    current.wake();
    const undo = [
      controlPlane.onWrite(() => {
        lastChangeAt = performance.now();
        current.wake();
      }),
      connections.onDataAccessChange((access, causedBy) => {
        accessChanges.hold(access, causedBy);
        // No look can be waited for during an outage, which may be one of both.
        if (failing) tellAccess(accessChanges.lookBegins()());
        else current.wake();
      }),
      // What a query has read the subscribers know at once. A look that began before a write may not show it.
      controlPlane.onClusters(({ clusters, revision }) => {
        if (hasLooked && revision === controlPlane.revision()) show(clusters);
      }),
    ];
    stop = () => {
      current.close();
      for (const each of undo) each();
      accessChanges.clear();
      known = [];
      hasLooked = false;
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
    closed = true;
    for (const subscriber of [...subscribers]) {
      remove(subscriber);
      subscriber.listener.complete();
    }
    return Promise.resolve();
  };

  return {
    changes: ({ clusterName, maySee = () => true } = {}) =>
      createLiveSource((listener) => {
        // Asked when it is handed over: it may have waited, and no longer be for this subscriber.
        const next = (change: ClusterChange): void => {
          if (maySee(change.cluster.name)) listener.next(change);
        };
        const queue = createChangeQueue({ next });
        const subscriber = { clusterName: clusterName?.toLowerCase(), queue, listener, greeted: false };
        if (closed) queueMicrotask(() => listener.complete());
        else subscribe(subscriber);
        return { pause: () => queue.pause(), resume: () => queue.resume(), close: () => remove(subscriber) };
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function deliverNext({ clusterName, queue }: Subscriber, change: ClusterChange): void {
  if (clusterName === undefined || clusterName === change.cluster.name.toLowerCase()) queue.push(change);
}
