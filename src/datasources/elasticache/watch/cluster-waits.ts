import { setMaxListeners } from 'node:events';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import { isSameCluster } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure, Outage } from '../../../domain/errors.js';

/** Waits for changes of clusters. All waits share one read of the control plane at a time. */
export interface ClusterWaits {
  /** Resolves to the cluster once `isOver` returns true. Rejects if `isOver` throws. */
  until(wait: Wait): Promise<Cluster>;
  /** Checks all waits with these clusters. */
  seen(clusters: ReadonlyMap<string, Cluster>): void;
}

interface Wait {
  /** Lowercase. */
  readonly name: string;
  readonly isOver: (cluster: Cluster) => boolean;
  readonly signal: AbortSignal;
  /** The cluster at the start of the wait. Absent for a cluster that was just created and need not be visible yet. */
  readonly cluster?: Cluster;
}

interface Waiting extends Wait {
  last: Cluster | undefined;
  readonly since: number;
  settle(this: void, report: () => void): void;
  readonly resolve: (cluster: Cluster) => void;
  readonly reject: (reason: unknown) => void;
}

/** Pauses between reads. They grow during a wait, because a cluster on AWS is CREATING for minutes. */
const pauses = { firstMs: 200, lastMs: 5_000, afterFailureMs: 1_000 };
/** How long a cluster that was just created may be missing in ElastiCache's list. */
const invisibleMs = 5_000;

/** `read` either causes a call of `seen` or rejects. */
export function createClusterWaits(read: () => Promise<unknown>): ClusterWaits {
  const all = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;

  const plan = (failed = false): void => {
    clearTimeout(timer);
    if (all.size === 0) return;
    const newest = Math.max(...[...all].map(({ since }) => since));
    const delayMs = Math.min(pauses.lastMs, Math.max(pauses.firstMs, (performance.now() - newest) / 50));
    timer = setTimeout(
      () => void read().catch(() => plan(true)),
      failed ? Math.max(delayMs, pauses.afterFailureMs) : delayMs,
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
          settle(report) {
            if (!all.delete(waiting)) return;
            signal.removeEventListener('abort', aborted);
            if (all.size === 0) clearTimeout(timer);
            report();
          },
        };
        all.add(waiting);
        // One operation may read many fields of clusters that are CREATING, all with the same signal.
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
    `Timed out waiting for cluster ${name}, which is still ${status}. Nothing was sent to the cluster. Try again, or use ` +
      '`waitSeconds` of `createCluster`.',
  );
}
