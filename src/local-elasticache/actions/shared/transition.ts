import { groupRecord } from '../../state/group-record.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ActionContext } from '../action-context.js';

const maxDelayMs = 10_000;

const isInTransition = ({ status }: ReplicationGroupRecord): boolean =>
  status === 'creating' || status === 'modifying' || status === 'snapshotting' || status === 'deleting';

/**
 * Delays the answer about a changing group until its status has changed, at most 10 s: the waiters of the SDKs sleep
 * for 15 s or more after each unchanged status.
 */
export async function holdWhileInTransition(
  { account, groups }: ActionContext,
  groupId: string,
  signal: AbortSignal,
): Promise<void> {
  const group = groupRecord(account.state, groupId);
  if (!group || !isInTransition(group)) return;
  const deadline = performance.now() + maxDelayMs;
  // A group that was created again under this name is a different one.
  const stillThere = (): boolean =>
    account.state.replicationGroups.some(
      ({ id, status, createdAt }) => id === groupId && status === group.status && createdAt === group.createdAt,
    );
  const noLonger = AbortSignal.any([signal, groups.closing]);
  while (stillThere() && !noLonger.aborted) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    await groups.nextChange(groupId, left, noLonger);
  }
}
