import type { Cluster } from '../../../domain/cluster/cluster.js';
import type { ClusterSnapshot, ControlPlane } from '../interfaces.js';

/** Reports every answer of `look` to the listeners, so that what one operation has read the next one knows. */
export function observeClusters(
  look: () => Promise<readonly Cluster[]>,
  revision: () => number,
): Pick<ControlPlane, 'clusters' | 'onClusters'> {
  const listeners = new Set<(look: ClusterSnapshot) => void>();
  return {
    async clusters() {
      const began = revision();
      const clusters = await look();
      for (const listener of [...listeners]) listener({ clusters, revision: began });
      return clusters;
    },
    onClusters(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
