import type { RunningGroup } from '../../nodes/interfaces.js';
import { groupRecord } from '../../state/group-record.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { applyPendingChanges, settlePendingChanges } from '../apply-pending-changes.js';
import { settleShape } from '../shape-change.js';
import { changeGroup, describeFailure, type GroupTaskContext } from './task-context.js';

/** The fields of a group that describe a change in progress, when none is. */
const settled: Partial<ReplicationGroupRecord> = {
  pendingAuthToken: undefined,
  pendingUserGroups: undefined,
  failingOver: undefined,
  promotingNode: undefined,
  status: 'available',
};

/** Runs the work on the nodes of a group that is `modifying`. Then the group is available again, even if the work failed. */
export async function modifyGroup(
  context: GroupTaskContext,
  id: string,
  work: (running: RunningGroup) => Promise<void>,
): Promise<void> {
  const entry = context.running.get(id);
  let failure: string | undefined;
  try {
    if (entry) await Promise.all([entry.configSync.sync(), work(entry.nodes)]);
  } catch (error) {
    // The next run of the endpoint continues to change the nodes, or reports that the work was interrupted.
    if (context.closing.aborted) return;
    failure = describeFailure(context, id, error);
  }
  await changeGroup(context, id, (group, draft) => {
    if (entry) settleShape(draft, group, entry.nodes.topology());
    settlePendingChanges(draft, group, failure !== undefined);
    Object.assign(group, settled);
    return failure;
  });
  // The nodes have the settings of the changes, which `configSync` does not know yet.
  await entry?.configSync.sync();
}

/** Makes the pending changes of a group, which `beginPendingChanges` has recorded. */
export async function makePendingChanges(context: GroupTaskContext, id: string, nodes: RunningGroup): Promise<void> {
  const { account, log, closing } = context;
  const group = groupRecord(account.state, id);
  if (!group) return;
  const recordChecked = (): Promise<void> =>
    changeGroup(context, id, ({ pendingChanges }) => {
      if (pendingChanges) pendingChanges.isChecked = true;
      return undefined;
    });
  const onUndoFailed = (cause: unknown): void =>
    log.error({ err: cause, group: id }, 'undoing a change of the nodes failed');
  await applyPendingChanges(nodes, group, account.state, { recordChecked, onUndoFailed }, closing);
}
