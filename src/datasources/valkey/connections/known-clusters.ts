import type { Cluster } from '../../../domain/cluster/cluster.js';
import { isSameCluster } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure } from '../../../domain/errors.js';

/**
 * The clusters for which this process has an access, its state or credentials. These belong to one incarnation of a cluster, not to
 * its name: a cluster that is recreated under the same name is another cluster.
 */
export interface KnownClusters {
  /** State under this name belongs to this cluster from now on. */
  add(name: string, cluster: Cluster): void;
  /** State under this name belongs to the cluster that is seen next. */
  addName(name: string): void;
  /** Compares the known clusters with those that were just read. */
  compare(clusters: ReadonlyMap<string, Cluster>): void;
  forget(name: string): void;
}

/** Calls `gone` for a cluster that is deleted, being deleted or replaced by another one, and `seen` for the other clusters. */
export function createKnownClusters(listener: {
  gone(this: void, name: string): void;
  seen(this: void, name: string, cluster: Cluster): void;
}): KnownClusters {
  const known = new Map<string, Cluster | undefined>();
  return {
    add: (name, cluster) => void known.set(name, cluster),
    addName(name) {
      if (!known.has(name)) known.set(name, undefined);
    },
    compare(clusters) {
      for (const [name, before] of [...known]) {
        const now = clusters.get(name);
        if (!now || now.status === 'DELETING' || (before && !isSameCluster(before, now))) {
          listener.gone(name);
          continue;
        }
        known.set(name, now);
        listener.seen(name, now);
      }
    },
    forget: (name) => void known.delete(name),
  };
}

/** The error for all users of a deleted cluster. */
export function deletedCluster(name: string): ExpectedFailure {
  return new ExpectedFailure('NOT_FOUND', `Cluster ${name} was deleted.`);
}
