import type { Cluster } from '../../../domain/cluster/cluster.js';
import { hasEndpoint } from '../../../domain/cluster/cluster-incarnation.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { createClusterWaits } from './cluster-waits.js';
import type { ControlPlane, RecallingDirectory } from '../interfaces.js';
import { checkCanBecomeUsable, waitUntilAvailable, waitUntilUsable } from './usable-cluster.js';

export interface ClusterDirectoryOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'revision' | 'onClusters'>;
  /** For how long what was seen answers `find`, so that many connections opening together ask once. */
  readonly maxAgeMs?: number;
  /** From what age on `recall` looks again behind the caller's back. */
  readonly refreshAfterMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

interface Seen {
  readonly at: number;
  readonly revision: number;
  readonly byName: ReadonlyMap<string, Cluster>;
}

interface Look {
  readonly at: number;
  readonly revision: number;
  readonly clusters: Promise<readonly Cluster[]>;
}

/**
 * Finds clusters in the control plane, and remembers what anybody in this process has read of them. What may have changed by now
 * is read again: a name that is missing, and a cluster that is on its way or has no endpoint.
 */
export function createClusterDirectory(options: ClusterDirectoryOptions): RecallingDirectory {
  const { controlPlane, maxAgeMs = 500, refreshAfterMs = 1_000, now = () => performance.now() } = options;
  const listeners = new Set<(clusters: ReadonlyMap<string, Cluster>) => void>();
  let seen: Seen | undefined;
  let underWay: Look | undefined;
  let triedAt = -Infinity;

  const isRecent = (one: { readonly at: number; readonly revision: number }): boolean =>
    one.revision === controlPlane.revision() && now() - one.at < maxAgeMs;
  const look = (): Promise<readonly Cluster[]> => {
    triedAt = now();
    const own: Look = { at: triedAt, revision: controlPlane.revision(), clusters: controlPlane.clusters() };
    const over = (): void => {
      if (underWay === own) underWay = undefined;
    };
    own.clusters.then(over, over);
    underWay = own;
    return own.clusters;
  };
  const waits = createClusterWaits(look);
  controlPlane.onClusters(({ clusters, revision }) => {
    // A look that began before a write of this process may show what was before it.
    if (revision !== controlPlane.revision()) return;
    const byName = new Map(clusters.map((cluster) => [cluster.name.toLowerCase(), cluster]));
    seen = { at: now(), revision, byName };
    for (const listener of [...listeners]) listener(byName);
    waits.seen(byName);
  });

  return {
    async find(name) {
      const known = seen && isRecent(seen) ? seen.byName.get(name.toLowerCase()) : undefined;
      if (known && isSettled(known)) return known;
      const joined = underWay && isRecent(underWay) ? underWay : undefined;
      const found = named(name, await (joined?.clusters ?? look())) ?? (joined && named(name, await look()));
      if (found) return found;
      throw new ExpectedFailure('NOT_FOUND', 'There is no cluster of this name.');
    },
    recall(name) {
      if (seen?.revision !== controlPlane.revision()) return undefined;
      // Counted from the last try: an outage must not bring a look with every request.
      if (now() - Math.max(triedAt, seen.at) >= refreshAfterMs) void look();
      return seen.byName.get(name.toLowerCase());
    },
    async whenUsable(cluster, signal) {
      return checkCanBecomeUsable(cluster) ? cluster : await waitUntilUsable(waits, cluster, signal);
    },
    whenAvailable: (name, request) => waitUntilAvailable(waits, name.toLowerCase(), request),
    onClusters(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether it will be the same in half a second, as far as anybody knows. */
function isSettled(cluster: Cluster): boolean {
  return cluster.status !== 'CREATING' && cluster.status !== 'DELETING' && hasEndpoint(cluster);
}

function named(name: string, clusters: readonly Cluster[]): Cluster | undefined {
  const wanted = name.toLowerCase();
  return clusters.find((cluster) => cluster.name.toLowerCase() === wanted);
}
