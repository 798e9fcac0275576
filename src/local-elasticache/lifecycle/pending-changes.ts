import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { PendingChanges } from '../state/records/pending-changes.js';

/** The fields that ElastiCache changes in the maintenance window, unless the request says immediately. */
const deferrable = ['nodeType', 'engine', 'engineVersion', 'parameterGroup'] as const;

type DeferrableChange = Omit<PendingChanges, 'isApplying' | 'isChecked'>;
type Changeable = Pick<ReplicationGroupRecord, (typeof deferrable)[number] | 'pendingChanges'>;

/**
 * Adds changes to those that wait. A newer change of a field replaces the waiting one, and one to the current value
 * cancels it, as on AWS.
 */
export function addPendingChanges(cluster: Changeable, changes: DeferrableChange): void {
  const all = { ...cluster.pendingChanges, ...definedOf(changes) };
  const remaining = Object.fromEntries(
    deferrable.flatMap((field) =>
      all[field] === undefined || all[field] === cluster[field] ? [] : [[field, all[field]] as const],
    ),
  );
  cluster.pendingChanges = Object.keys(remaining).length > 0 ? remaining : undefined;
}

/** The cluster with the values that it has after its pending changes. */
export function withPendingChanges<Cluster extends Changeable>(cluster: Cluster): Cluster {
  const { isApplying: _, isChecked: _isChecked, ...changes } = cluster.pendingChanges ?? {};
  return { ...cluster, ...definedOf(changes) };
}

/** Records that the nodes now have the new values. */
export function completePendingChanges(cluster: Changeable): void {
  Object.assign(cluster, withPendingChanges(cluster), { pendingChanges: undefined });
}

function definedOf(changes: DeferrableChange): DeferrableChange {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
