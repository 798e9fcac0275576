import type { ClusterModeName, ReplicationGroupRecord } from '../state/records/replication-group.js';

export type PendingClusterMode = NonNullable<ReplicationGroupRecord['pendingClusterMode']>;
type Group = Pick<ReplicationGroupRecord, 'clusterMode' | 'compatible' | 'parameterGroup'>;

/** The cluster mode in AWS's words. */
export function clusterModeOf({ clusterMode, compatible }: Pick<Group, 'clusterMode' | 'compatible'>): ClusterModeName {
  if (!clusterMode) return 'disabled';
  return compatible ? 'compatible' : 'enabled';
}

/** Whether the nodes must start again, because they run with cluster mode before or after the change only. */
export function needsRestart(group: Pick<Group, 'clusterMode'>, mode: ClusterModeName): boolean {
  return group.clusterMode !== (mode !== 'disabled');
}

/** Records the mode. @returns a function that records the former one again */
export function setClusterMode(group: Group, { mode, parameterGroup }: PendingClusterMode): (group: Group) => void {
  const former = {
    clusterMode: group.clusterMode,
    compatible: group.compatible,
    parameterGroup: group.parameterGroup,
  } satisfies Group;
  Object.assign(group, {
    clusterMode: mode !== 'disabled',
    compatible: mode === 'compatible' ? { formerParameterGroup: former.parameterGroup } : undefined,
    parameterGroup,
  } satisfies Group);
  return (again) => void Object.assign(again, former);
}
