import { setMaxListeners } from 'node:events';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import { isSameCluster } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';

/** Waits for clusters. However many wait, and for whichever clusters, one look at a time answers all of them. */
export interface ClusterWaits {
  /** Resolves to the cluster once `isOver` says so; a wait ends with what `isOver` throws. */
  until(wait: Wait): Promise<Cluster>;
  /** Has everybody who waits learn what a look has found, whoever took it. */
  seen(clusters: ReadonlyMap<string, Cluster>): void;
}

interface Wait {
  /** Lowercase. */
  readonly name: string;
  readonly isOver: (cluster: Cluster) => boolean;
  readonly signal: AbortSignal;
  /** The cluster as it is when the wait begins; absent for one that was created just now and need not be visible yet. */
  readonly cluster?: Cluster;
}

interface Waiting extends Wait {
  last: Cluster | undefined;
  readonly since: number;
  settle(this: void, tell: () => void): void;
  readonly resolve: (cluster: Cluster) => void;
  readonly reject: (reason: unknown) => void;
}

/** The longer nothing happens, the rarer the looks: on AWS a cluster is CREATING for minutes. */
const between = { firstMs: 200, lastMs: 5_000, afterFailureMs: 1_000 };
/** For how long a cluster that was created just now may be missing from what ElastiCache lists. */
const invisibleMs = 5_000;

/** `look` has `seen` called, or rejects. */
export function createClusterWaits(look: () => Promise<unknown>): ClusterWaits {
  const all = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const plan = (failed = false): void => {
    clearTimeout(timer);
    if (all.size === 0) return;
    const newest = Math.max(...[...all].map(({ since }) => since));
    const delayMs = Math.min(between.lastMs, Math.max(between.firstMs, (performance.now() - newest) / 50));
    timer = setTimeout(
      () => void look().catch(() => plan(true)),
      failed ? Math.max(delayMs, between.afterFailureMs) : delayMs,
    ).unref();
  };
  const check = (waiting: Waiting, cluster: Cluster | undefined): void => {
    const { last, name, since, settle, resolve, reject, isOver } = waiting;
    if (!cluster) {
      if (last || performance.now() - since > invisibleMs) settle(() => reject(deleted(name)));
      return;
    }
    if (last && !isSameCluster(last, cluster)) {
      settle(() => reject(deleted(name)));
      return;
    }
    waiting.last = cluster;
    try {
      if (isOver(cluster)) settle(() => resolve(cluster));
    } catch (reason) {
      settle(() => reject(reason));
    }
  };

  return {
    until: (wait) =>
      new Promise((resolve, reject) => {
        const { name, signal } = wait;
        const aborted = (): void => waiting.settle(() => reject(tooLong(name, waiting.last, signal.reason)));
        const waiting: Waiting = {
          ...wait,
          last: wait.cluster,
          since: performance.now(),
          resolve,
          reject,
          settle(tell) {
            if (!all.delete(waiting)) return;
            signal.removeEventListener('abort', aborted);
            if (all.size === 0) clearTimeout(timer);
            tell();
          },
        };
        all.add(waiting);
        // One operation may read many fields of clusters that are CREATING.
        setMaxListeners(0, signal);
        if (signal.aborted) aborted();
        else signal.addEventListener('abort', aborted);
        plan();
      }),
    seen(clusters) {
      for (const waiting of [...all]) check(waiting, clusters.get(waiting.name));
      plan();
    },
  };
}

function deleted(name: string): ExpectedFailure {
  return new ExpectedFailure('NOT_FOUND', `Cluster ${name} was deleted while this operation waited for it.`);
}

function tooLong(name: string, last: Cluster | undefined, reason: unknown): Outage {
  if (reason instanceof Outage && reason.code === 'SHUTTING_DOWN') return reason;
  const status = last?.status ?? 'CREATING';
  return new Outage(
    'TIMEOUT',
    `Cluster ${name} is still ${status}, and this operation may wait no longer: nothing was sent to the cluster. Try again, or ` +
      'wait with `waitSeconds` of `createCluster`.',
  );
}
