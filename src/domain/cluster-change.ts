import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from './cluster.js';

export type ClusterChangeReason =
  'INITIAL' | 'CREATED' | 'STATUS' | 'TOPOLOGY' | 'DATA_ACCESS' | 'MODIFIED' | 'DELETED';

export interface ClusterChange {
  readonly reason: ClusterChangeReason;
  /** As it is after the change; as it last was, where it is gone. */
  readonly cluster: Cluster;
}

/** What happened between two looks at all clusters: at most one change a cluster, the most telling. */
export function clusterChanges(before: readonly Cluster[], after: readonly Cluster[]): ClusterChange[] {
  const known = new Map(before.map((cluster) => [cluster.name, cluster]));
  const standing = new Set(after.map(({ name }) => name));
  const gone = before.filter(({ name }) => !standing.has(name));
  return [
    ...gone.map((cluster): ClusterChange => ({ reason: 'DELETED', cluster })),
    ...after.flatMap((cluster): ClusterChange[] => {
      const reason = changeReason(known.get(cluster.name), cluster);
      return reason ? [{ reason, cluster }] : [];
    }),
  ];
}

function changeReason(before: Cluster | undefined, after: Cluster): ClusterChangeReason | undefined {
  // A cluster that was deleted and made again between two looks is another one of the same name.
  if (before?.createdAt?.getTime() !== after.createdAt?.getTime() || !before) return 'CREATED';
  if (before.status !== after.status) return 'STATUS';
  if (!isDeepStrictEqual(topology(before), topology(after))) return 'TOPOLOGY';
  return isDeepStrictEqual(before, after) ? undefined : 'MODIFIED';
}

/** What a client that connects by it must know. */
function topology({ shards, primaryEndpoint, readerEndpoint, configurationEndpoint }: Cluster): unknown {
  return { shards, primaryEndpoint, readerEndpoint, configurationEndpoint };
}

/** Whether something is on its way, so that the next change is near. */
export function isInTransition(cluster: Cluster): boolean {
  const settled = cluster.status === 'AVAILABLE' || cluster.status === 'CREATE_FAILED' || cluster.status === 'UNKNOWN';
  return !settled || (cluster.shards ?? []).some(({ status }) => status !== null && status !== 'AVAILABLE');
}
