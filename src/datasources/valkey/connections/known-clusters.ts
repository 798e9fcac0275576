import type { Cluster } from '../../../domain/cluster/cluster.js';
import { isSameCluster } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure } from '../../../domain/errors.js';

/**
 * The clusters about which something is kept here: an access, its state, credentials. All of that belongs to one incarnation of a
 * cluster, not to its name.
 */
export interface KnownClusters {
  /** From now on what is kept under the name belongs to this cluster. */
  keep(name: string, cluster: Cluster): void;
  /** Something is kept under the name, whichever cluster that is now. */
  keepName(name: string): void;
  /** Compares with what somebody has just seen. */
  compare(clusters: ReadonlyMap<string, Cluster>): void;
  forget(name: string): void;
}

/** `gone` is called for a cluster that is deleted, being deleted or replaced by another one; `seen` for those that are still there. */
export function createKnownClusters(listener: {
  gone(this: void, name: string, reason: ExpectedFailure): void;
  seen(this: void, name: string, cluster: Cluster): void;
}): KnownClusters {
  const known = new Map<string, Cluster | undefined>();
  return {
    keep: (name, cluster) => void known.set(name, cluster),
    keepName(name) {
      if (!known.has(name)) known.set(name, undefined);
    },
    compare(clusters) {
      for (const [name, before] of [...known]) {
        const now = clusters.get(name);
        if (!now || now.status === 'DELETING' || (before && !isSameCluster(before, now))) {
          listener.gone(name, deletedCluster(name));
          continue;
        }
        known.set(name, now);
        listener.seen(name, now);
      }
    },
    forget: (name) => void known.delete(name),
  };
}

/** What is answered to everybody who was using the cluster. */
export function deletedCluster(name: string): ExpectedFailure {
  return new ExpectedFailure('NOT_FOUND', `Cluster ${name} was deleted.`);
}
