import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { ClusterSnapshot, ControlPlane } from '../interfaces.js';

/** Reports every result of `read` to the listeners, so that later operations can use it. */
export function observeClusters(
  read: () => Promise<readonly Cluster[]>,
  revision: () => number,
): Pick<ControlPlane, 'clusters' | 'onClusters'> {
  const listeners = new Set<(snapshot: ClusterSnapshot) => void>();
  return {
    async clusters() {
      const startRevision = revision();
      const clusters = await read();
      for (const listener of [...listeners]) listener({ clusters, revision: startRevision });
      return clusters;
    },
    onClusters(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
