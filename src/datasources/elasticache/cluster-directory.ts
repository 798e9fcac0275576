import type { Cluster } from '../../domain/cluster.js';
import { ExpectedFailure } from '../../domain/errors.js';
import type { ClusterDirectory } from '../valkey/ports.js';
import type { ControlPlane } from './ports.js';

export interface ClusterDirectoryOptions {
  readonly controlPlane: Pick<ControlPlane, 'clusters' | 'revision'>;
  /** For how long one look answers, so that many connections opening together ask once. */
  readonly maxAgeMs?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Finds clusters in the control plane. A name that is missing from what was just seen is looked for anew. */
export function createClusterDirectory({
  controlPlane,
  maxAgeMs = 500,
  now = () => performance.now(),
}: ClusterDirectoryOptions): ClusterDirectory {
  let seen:
    { readonly at: number; readonly revision: number; readonly clusters: Promise<readonly Cluster[]> } | undefined;

  const isFresh = (): boolean => seen?.revision === controlPlane.revision() && now() - seen.at < maxAgeMs;
  const look = (): Promise<readonly Cluster[]> => {
    const clusters = controlPlane.clusters();
    const current = { at: now(), revision: controlPlane.revision(), clusters };
    seen = current;
    clusters.catch(() => {
      if (seen === current) seen = undefined;
    });
    return clusters;
  };

  return {
    async find(name) {
      const wasFresh = isFresh();
      const recent = wasFresh && seen ? seen.clusters : look();
      const found = named(name, await recent) ?? (wasFresh ? named(name, await look()) : undefined);
      if (found) return found;
      throw new ExpectedFailure('NOT_FOUND', `There is no cluster named ${JSON.stringify(name)}.`);
    },
  };
}

function named(name: string, clusters: readonly Cluster[]): Cluster | undefined {
  const wanted = name.toLowerCase();
  return clusters.find((cluster) => cluster.name.toLowerCase() === wanted);
}
