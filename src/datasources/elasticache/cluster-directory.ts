import type { Cluster } from '../../domain/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { ControlPlane, RecallingDirectory } from './ports.js';

export interface ClusterDirectoryOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'revision'>;
  /** For how long one look answers `find`, so that many connections opening together ask once. */
  readonly maxAgeMs?: number;
  /** From what age on `recall` looks anew behind the caller's back. */
  readonly refreshAfterMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

interface Look {
  readonly at: number;
  readonly revision: number;
  readonly clusters: Promise<readonly Cluster[]>;
}

/** Finds clusters in the control plane. A name that is missing from what was just seen is looked for anew. */
export function createClusterDirectory(options: ClusterDirectoryOptions): RecallingDirectory {
  const { controlPlane, maxAgeMs = 500, refreshAfterMs = 1_000, now = () => performance.now() } = options;
  let latest: Look | undefined;
  let triedAt = -Infinity;
  let remembered: { readonly revision: number; readonly byName: ReadonlyMap<string, Cluster> } | undefined;

  const isYoung = (): boolean => latest?.revision === controlPlane.revision() && now() - latest.at < maxAgeMs;
  const look = (): Promise<readonly Cluster[]> => {
    const clusters = controlPlane.clusters();
    triedAt = now();
    const current = (latest = { at: triedAt, revision: controlPlane.revision(), clusters });
    clusters.then(
      (seen) => {
        const byName = new Map(seen.map((cluster) => [cluster.name.toLowerCase(), cluster]));
        if (latest === current) remembered = { revision: current.revision, byName };
      },
      () => {
        if (latest === current) latest = undefined;
      },
    );
    return clusters;
  };

  return {
    async find(name) {
      const wasYoung = isYoung();
      const recent = wasYoung && latest ? latest.clusters : look();
      const found = named(name, await recent) ?? (wasYoung ? named(name, await look()) : undefined);
      if (found) return found;
      throw new ExpectedFailure('NOT_FOUND', `There is no cluster named ${JSON.stringify(name)}.`);
    },
    recall(name) {
      if (remembered?.revision !== controlPlane.revision()) return undefined;
      // Counted from the last try: an outage must not bring a look with every request.
      if (now() - triedAt >= refreshAfterMs) void look();
      return remembered.byName.get(name.toLowerCase());
    },
  };
}

function named(name: string, clusters: readonly Cluster[]): Cluster | undefined {
  const wanted = name.toLowerCase();
  return clusters.find((cluster) => cluster.name.toLowerCase() === wanted);
}
