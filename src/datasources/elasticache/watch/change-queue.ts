import type { ClusterChange, ClusterChangeReason } from '../../../domain/cluster/cluster-change.js';
import type { LiveListener, LiveSubscription } from '../../../runtime/live-source.js';

/** The changes of clusters that one subscriber has not received yet. */
export interface ChangeQueue extends LiveSubscription {
  push(change: ClusterChange): void;
}

/**
 * Passes changes on at once. For a subscriber that is paused it keeps at most two of each name: that the cluster was deleted, and
 * the newest of the one that was created under the same name afterwards.
 */
export function createChangeQueue(listener: Pick<LiveListener<ClusterChange>, 'next'>): ChangeQueue {
  const waiting = new Map<string, readonly ClusterChange[]>();
  let paused = false;
  let draining = false;

  const drain = (): void => {
    if (draining) return;
    draining = true;
    for (const [name, [next, ...rest]] of waiting) {
      if (paused) break;
      waiting.delete(name);
      // A name that is set again while the map is iterated comes again, after the others.
      if (rest.length > 0) waiting.set(name, rest);
      if (next) listener.next(next);
    }
    draining = false;
  };

  return {
    push(change) {
      waiting.set(change.cluster.name, append(waiting.get(change.cluster.name) ?? [], change));
      drain();
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      drain();
    },
    close() {
      paused = true;
      waiting.clear();
    },
  };
}

/** From the most telling to the least. */
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
  // Whoever comes back sees the last of the clusters that were deleted, and the one that was created after it.
  if (!newest || change.reason === 'DELETED') return [newest ? merge(newest, change) : change];
  if (newest.reason === 'DELETED') return [newest, change];
  return [...waiting.slice(0, -1), merge(newest, change)];
}

function merge(earlier: ClusterChange, later: ClusterChange): ClusterChange {
  const isLater = rank.indexOf(later.reason) <= rank.indexOf(earlier.reason);
  const { reason } = isLater ? later : earlier;
  // Together with a change of other origin it is nobody's own.
  const causedBy = earlier.causedBy === later.causedBy ? later.causedBy : undefined;
  // The object that others are given too, if it says it all.
  if (isLater && later.causedBy === causedBy) return later;
  return { reason, cluster: later.cluster, ...(causedBy && { causedBy }) };
}
