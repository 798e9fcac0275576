import type { Cluster } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import type { ClusterDirectory } from '../interfaces.js';

/** Between two questions about one cluster: nodes are tried several times a second, AWS must not be. */
const freshMs = 2_000;
/** Nodes that answer must not wait for a control plane that does not. */
const patienceMs = 500;

/** What the control plane says of one cluster. */
export interface CachedClusterDescription {
  /** Asks the directory if what is known is old; if the directory fails, what it said last. */
  read(this: void): Promise<Cluster>;
  /** Somebody has looked at the cluster. */
  seen(cluster: Cluster): void;
}

export function createCachedClusterDescription(
  directory: Pick<ClusterDirectory, 'find'>,
  name: string,
  first: Cluster,
): CachedClusterDescription {
  let known = first;
  let askedAt = -Infinity;
  return {
    async read() {
      if (performance.now() - askedAt < freshMs) return known;
      askedAt = performance.now();
      const asked = directory.find(name).then((cluster) => (known = cluster));
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<Cluster>((resolve) => {
        timer = setTimeout(() => resolve(known), patienceMs);
      });
      try {
        return await Promise.race([asked, patience]);
      } catch (cause) {
        if (cause instanceof ExpectedFailure) throw cause;
        return known;
      } finally {
        clearTimeout(timer);
        asked.catch(() => undefined);
      }
    },
    seen(cluster) {
      known = cluster;
      askedAt = performance.now();
    },
  };
}
