import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from './cluster.js';
import { isSameCluster } from './cluster-incarnation.js';

export type ClusterChangeReason =
  'INITIAL' | 'CREATED' | 'STATUS' | 'TOPOLOGY' | 'DATA_ACCESS' | 'MODIFIED' | 'DELETED';

export interface ClusterChange {
  readonly reason: ClusterChangeReason;
  /** As it is after the change; as it last was, where it is gone. */
  readonly cluster: Cluster;
  /**
   * The delivery group whose own reads caused the change. It has seen the outcome in its answer: reporting the change to it would
   * make it read again, without end.
   */
  readonly causedBy?: object | undefined;
}

/** The delivery group that caused an event of whatever kind. */
export function causeOf(event: object): unknown {
  return 'causedBy' in event ? event.causedBy : undefined;
}

/** What happened between two looks at all clusters: at most one change of each cluster, the most telling. */
export function clusterChanges(before: readonly Cluster[], after: readonly Cluster[]): ClusterChange[] {
  const known = new Map(before.map((cluster) => [cluster.name, cluster]));
  const now = new Map(after.map((cluster) => [cluster.name, cluster]));
  // A cluster that was deleted and created again between two looks is another one of the same name.
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

/** What a client that connects by it must know. */
function topology({ shards, primaryEndpoint, readerEndpoint, configurationEndpoint }: Cluster): unknown {
  return { shards, primaryEndpoint, readerEndpoint, configurationEndpoint };
}

/** Whether something is on its way, so that the next change is near. */
export function isInTransition(cluster: Cluster): boolean {
  const settled = cluster.status === 'AVAILABLE' || cluster.status === 'CREATE_FAILED' || cluster.status === 'UNKNOWN';
  return !settled || (cluster.shards ?? []).some(({ status }) => status !== null && status !== 'AVAILABLE');
}
