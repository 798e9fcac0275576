import type { Cluster } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { ClusterDirectory } from '../interfaces.js';

/** Shortest time between two requests about one cluster. Nodes are retried several times a second; AWS must not be. */
const freshMs = 2_000;
/** How long to wait for the control plane. Nodes that are available must not be delayed by a control plane that is not. */
const maxWaitMs = 500;

/** The control plane's description of one cluster. */
export interface CachedClusterDescription {
  /** Reads the directory if the cached description is old. If that fails or is slow, returns the cached description. */
  read(this: void): Promise<Cluster>;
  /** The cached description. */
  latest(this: void): Cluster;
  /** The cluster was read elsewhere. */
  seen(cluster: Cluster): void;
}

export function createCachedClusterDescription(
  directory: Pick<ClusterDirectory, 'find'>,
  name: string,
  first: Cluster,
): CachedClusterDescription {
  let cached = first;
  let readAt = -Infinity;
  return {
    async read() {
      if (performance.now() - readAt < freshMs) return cached;
      readAt = performance.now();
      const reading = directory.find(name).then((cluster) => (cached = cluster));
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<Cluster>((resolve) => {
        timer = setTimeout(() => resolve(cached), maxWaitMs);
      });
      try {
        return await Promise.race([reading, timeout]);
      } catch (cause) {
        if (cause instanceof ExpectedFailure) throw cause;
        return cached;
      } finally {
        clearTimeout(timer);
        reading.catch(() => undefined);
      }
    },
    latest: () => cached,
    seen(cluster) {
      cached = cluster;
      readAt = performance.now();
    },
  };
}
