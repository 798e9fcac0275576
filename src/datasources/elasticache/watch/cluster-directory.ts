import type { Cluster } from '../../../domain/cluster/cluster.js';
import { hasEndpoint } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { createListeners } from '../../../runtime/listeners.js';
import { createClusterWaits } from './cluster-waits.js';
import type { ControlPlane, RecallingDirectory } from '../interfaces.js';
import { checkCanBecomeUsable, waitUntilAvailable, waitUntilDeleted, waitUntilUsable } from './usable-cluster.js';

export interface ClusterDirectoryOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'revision' | 'onClusters'>;
  /** How long `find` uses cached clusters, so that connections that open together share one read. */
  readonly maxAgeMs?: number;
  /** The age from which `recall` starts a read in the background. */
  readonly refreshAfterMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number;
}

interface Snapshot {
  readonly at: number;
  readonly revision: number;
  readonly byName: ReadonlyMap<string, Cluster>;
}

interface Read {
  readonly at: number;
  readonly revision: number;
  readonly clusters: Promise<readonly Cluster[]>;
}

/**
 * Finds clusters in the control plane, and caches every result that this process has read. A result that has probably changed is
 * read again: a missing name, and a cluster that is being created or deleted or has no endpoint.
 */
export function createClusterDirectory(options: ClusterDirectoryOptions): RecallingDirectory {
  const { controlPlane, maxAgeMs = 500, refreshAfterMs = 1_000, now = () => performance.now() } = options;
  const listeners = createListeners<[clusters: ReadonlyMap<string, Cluster>]>();
  let cached: Snapshot | undefined;
  let current: Read | undefined;
  let triedAt = -Infinity;

  const isRecent = (read: { readonly at: number; readonly revision: number }): boolean =>
    read.revision === controlPlane.revision() && now() - read.at < maxAgeMs;
  const readClusters = (): Promise<readonly Cluster[]> => {
    triedAt = now();
    const own: Read = { at: triedAt, revision: controlPlane.revision(), clusters: controlPlane.clusters() };
    const finish = (): void => {
      if (current === own) current = undefined;
    };
    own.clusters.then(finish, finish);
    current = own;
    return own.clusters;
  };
  const waits = createClusterWaits(readClusters);
  controlPlane.onClusters(({ clusters, revision }) => {
    // A read that started before a write of this process may not show it.
    if (revision !== controlPlane.revision()) return;
    const byName = new Map(clusters.map((cluster) => [cluster.name.toLowerCase(), cluster]));
    cached = { at: now(), revision, byName };
    listeners.notify(byName);
    waits.seen(byName);
  });

  return {
    async find(name) {
      const known = cached && isRecent(cached) ? cached.byName.get(name.toLowerCase()) : undefined;
      if (known && isSettled(known)) return known;
      const joined = current && isRecent(current) ? current : undefined;
      const found =
        findByName(name, await (joined?.clusters ?? readClusters())) ??
        (joined && findByName(name, await readClusters()));
      if (found) return found;
      throw new ExpectedFailure('NOT_FOUND', 'There is no cluster of this name.');
    },
    recall(name) {
      if (cached?.revision !== controlPlane.revision()) return undefined;
      // Measured from the last attempt, so that an outage does not cause a read with every request.
      if (now() - Math.max(triedAt, cached.at) >= refreshAfterMs) void readClusters();
      return cached.byName.get(name.toLowerCase());
    },
    async whenUsable(cluster, signal) {
      return checkCanBecomeUsable(cluster) ? cluster : await waitUntilUsable(waits, cluster, signal);
    },
    whenAvailable: (name, request) => waitUntilAvailable(waits, name.toLowerCase(), request),
    whenDeleted: (cluster, request) => waitUntilDeleted(waits, cluster, request),
    onClusters: listeners.add,
  };
}

/** Whether the cluster will probably not change within half a second. */
function isSettled(cluster: Cluster): boolean {
  return cluster.status !== 'CREATING' && cluster.status !== 'DELETING' && hasEndpoint(cluster);
}

function findByName(name: string, clusters: readonly Cluster[]): Cluster | undefined {
  const lowercaseName = name.toLowerCase();
  return clusters.find((cluster) => cluster.name.toLowerCase() === lowercaseName);
}
