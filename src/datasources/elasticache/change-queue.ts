import type { ClusterChange, ClusterChangeReason } from '../../domain/cluster-change.js';
import type { LiveListener, LiveSubscription } from '../../domain/live-source.js';

/** What one subscriber of cluster changes is still to be told. */
export interface ChangeQueue extends LiveSubscription {
  push(change: ClusterChange): void;
}

/**
 * Passes changes on at once. For a subscriber that is paused it keeps one a cluster, the newest, so that it never holds
 * more than there are clusters.
 */
export function createChangeQueue(listener: Pick<LiveListener<ClusterChange>, 'next'>): ChangeQueue {
  const waiting = new Map<string, ClusterChange>();
  let paused = false;
  let draining = false;

  const drain = (): void => {
    if (draining) return;
    draining = true;
    for (const [name, change] of waiting) {
      if (paused) break;
      waiting.delete(name);
      listener.next(change);
    }
    draining = false;
  };

  return {
    push(change) {
      const earlier = waiting.get(change.cluster.name);
      waiting.set(change.cluster.name, earlier ? merge(earlier, change) : change);
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

function merge(earlier: ClusterChange, later: ClusterChange): ClusterChange {
  // What was deleted and made again is there again.
  const isLater = earlier.reason === 'DELETED' || rank.indexOf(later.reason) <= rank.indexOf(earlier.reason);
  const { reason } = isLater ? later : earlier;
  // Together with a change of other origin it is nobody's own.
  const causedBy = earlier.causedBy === later.causedBy ? later.causedBy : undefined;
  // The object that others are given too, if it says it all.
  if (isLater && later.causedBy === causedBy) return later;
  return { reason, cluster: later.cluster, ...(causedBy && { causedBy }) };
}
