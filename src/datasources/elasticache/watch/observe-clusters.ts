import type { Cluster } from '../../../domain/cluster/cluster.js';
import { createListeners } from '../../../runtime/listeners.js';
import type { ClusterSnapshot, ControlPlane } from '../interfaces.js';

/** Reports every result of `read` to the listeners, so that later operations can use it. */
export function observeClusters(
  read: () => Promise<readonly Cluster[]>,
  revision: () => number,
): Pick<ControlPlane, 'clusters' | 'onClusters'> {
  const listeners = createListeners<[snapshot: ClusterSnapshot]>();
  return {
    async clusters() {
      const startRevision = revision();
      const clusters = await read();
      listeners.notify({ clusters, revision: startRevision });
      return clusters;
    },
    onClusters: listeners.add,
  };
}
