import type { ClusterChange, ClusterChangeReason } from '../../../domain/cluster/cluster-change.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** The changes of clusters that wait for one subscriber. */
export interface ChangeQueue extends LiveSubscription {
  push(change: ClusterChange): void;
}

/**
 * Delivers changes immediately. For a paused subscriber, it keeps at most two changes per name: the deletion of a cluster, and the
 * merged changes of the cluster that was created under the same name afterwards.
 */
export function createChangeQueue(listener: Pick<LiveListener<ClusterChange>, 'next'>): ChangeQueue {
  const waiting = new Map<string, readonly ClusterChange[]>();
  let isPaused = false;
  let isDraining = false;

  const drain = (): void => {
    if (isDraining) return;
    isDraining = true;
    for (const [name, [next, ...rest]] of waiting) {
      if (isPaused) break;
      waiting.delete(name);
      // A name that is set again during the iteration is visited again, after the others.
      if (rest.length > 0) waiting.set(name, rest);
      if (next) listener.next(next);
    }
    isDraining = false;
  };

  return {
    push(change) {
      waiting.set(change.cluster.name, append(waiting.get(change.cluster.name) ?? [], change));
      drain();
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      drain();
    },
    close() {
      isPaused = true;
      waiting.clear();
    },
  };
}

/** Reasons by precedence in merged changes. */
const rank: readonly ClusterChangeReason[] = [
  'DELETED',
  'INITIAL',
  'CREATED',
  'STATUS',
  'TOPOLOGY',
  'DATA_ACCESS',
  'MODIFIED',
];

function append(waiting: readonly ClusterChange[], change: ClusterChange): readonly ClusterChange[] {
  const newest = waiting.at(-1);
  // The resumed subscriber receives the last deletion, then the cluster that was created after it.
  if (!newest || change.reason === 'DELETED') return [newest ? merge(newest, change) : change];
  if (newest.reason === 'DELETED') return [newest, change];
  return [...waiting.slice(0, -1), merge(newest, change)];
}

function merge(earlier: ClusterChange, later: ClusterChange): ClusterChange {
  const isLater = rank.indexOf(later.reason) <= rank.indexOf(earlier.reason);
  const { reason } = isLater ? later : earlier;
  // A merged change has a cause only if both changes have the same one.
  const causedBy = earlier.causedBy === later.causedBy ? later.causedBy : undefined;
  // Unchanged if possible: other subscribers then share the same object.
  if (isLater && later.causedBy === causedBy) return later;
  return { reason, cluster: later.cluster, ...(causedBy && { causedBy }) };
}
