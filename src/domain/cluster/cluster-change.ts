import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from './cluster.js';
import { isSameCluster } from './cluster-incarnation.js';

export type ClusterChangeReason =
  'INITIAL' | 'CREATED' | 'STATUS' | 'TOPOLOGY' | 'DATA_ACCESS' | 'MODIFIED' | 'DELETED';

export interface ClusterChange {
  readonly reason: ClusterChangeReason;
  /** The cluster after the change; for DELETED, its last known state. */
  readonly cluster: Cluster;
  /**
   * The delivery group whose own reads caused the change. It has already received the outcome in its answer. If the
   * change were reported to it, it would read again, without end.
   */
  readonly causedBy?: object | undefined;
}

/** Returns the delivery group that caused an event of any kind. */
export function causeOf(event: object): unknown {
  return 'causedBy' in event ? event.causedBy : undefined;
}

/** Compares two lists of all clusters. Returns at most one change per cluster, the most significant one. */
export function clusterChanges(before: readonly Cluster[], after: readonly Cluster[]): ClusterChange[] {
  const known = new Map(before.map((cluster) => [cluster.name, cluster]));
  const now = new Map(after.map((cluster) => [cluster.name, cluster]));
  // A cluster that was deleted and created again between two lists is a different cluster of the same name.
  const gone = before.filter((cluster) => {
    const successor = now.get(cluster.name);
    return !successor || !isSameCluster(cluster, successor);
  });
  return [
    ...gone.map((cluster): ClusterChange => ({ reason: 'DELETED', cluster })),
    ...after.flatMap((cluster): ClusterChange[] => {
      const reason = changeReason(known.get(cluster.name), cluster);
      return reason ? [{ reason, cluster }] : [];
    }),
  ];
}

function changeReason(before: Cluster | undefined, after: Cluster): ClusterChangeReason | undefined {
  if (!before || !isSameCluster(before, after)) return 'CREATED';
  if (before.status !== after.status) return 'STATUS';
  if (!isDeepStrictEqual(topology(before), topology(after))) return 'TOPOLOGY';
  return isDeepStrictEqual(before, after) ? undefined : 'MODIFIED';
}

/** The parts that a client needs in order to connect. */
function topology({ shards, primaryEndpoint, readerEndpoint, configurationEndpoint }: Cluster): unknown {
  return { shards, primaryEndpoint, readerEndpoint, configurationEndpoint };
}

/** Tests whether the cluster is changing, so that its next change is near. */
export function isInTransition(cluster: Cluster): boolean {
  const settled = cluster.status === 'AVAILABLE' || cluster.status === 'CREATE_FAILED' || cluster.status === 'UNKNOWN';
  return !settled || (cluster.shards ?? []).some(({ status }) => status !== null && status !== 'AVAILABLE');
}
