import type { ReplicationGroupRecord } from '../../state/model.js';
import type { ActionContext } from '../action-context.js';

const longestHold = 10_000;

const isInTransition = ({ status }: ReplicationGroupRecord): boolean =>
  status === 'creating' || status === 'modifying' || status === 'deleting';

/**
 * Holds the answer about a group in transition until its status has changed, at most 10 s: the SDKs' waiters sleep for
 * 15 s and longer after each look that comes too early.
 */
export async function holdWhileInTransition(
  { account, groups }: ActionContext,
  groupId: string,
  signal: AbortSignal,
): Promise<void> {
  const group = account.state.replicationGroups.find(({ id }) => id === groupId);
  if (!group || !isInTransition(group)) return;
  const deadline = performance.now() + longestHold;
  // Created again under its name it is another group.
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
