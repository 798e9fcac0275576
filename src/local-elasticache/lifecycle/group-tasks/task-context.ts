import type { Logger } from '../../../telemetry/log.js';
import type { GroupTopology, NodeFleet } from '../../nodes/interfaces.js';
import type { Account, AccountDraft } from '../../state/account.js';
import { resourceOf } from '../../state/cache-clusters.js';
import { groupRecord } from '../../state/group-record.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import { failureReason } from '../../state/write-failure.js';
import type { Changes } from '../changes.js';
import type { LastingChange } from '../lasting-changes.js';
import type { RunningGroups } from '../running-groups.js';

/** The parts of a region that the tasks of its groups use. */
export interface GroupTaskContext {
  readonly account: Account;
  readonly fleet: NodeFleet;
  readonly running: RunningGroups;
  /** The last topology of groups whose nodes are being started again, so that clients still find their addresses. */
  readonly stopped: Map<string, GroupTopology>;
  readonly change: LastingChange;
  readonly changes: Changes;
  readonly log: Logger;
  /** Aborts when the endpoint closes. A task then ends and leaves the record to the next run, which continues it. */
  readonly closing: AbortSignal;
}

/** Changes the record of a group that still exists. If `work` returns a message, it becomes an event of the group. */
export async function changeGroup(
  { change, changes }: GroupTaskContext,
  id: string,
  work: (group: ReplicationGroupRecord, draft: AccountDraft) => string | undefined,
): Promise<void> {
  await change((draft) => {
    const group = groupRecord(draft.state, id);
    const message = group && work(group, draft);
    if (group && message !== undefined) {
      const { id: sourceId, sourceType } = resourceOf(group);
      draft.record(sourceType, sourceId, message);
    }
  });
  changes.announce(id);
}

/** Logs that a change of a group failed. Returns the message of the event. */
export function describeFailure({ account, log }: GroupTaskContext, id: string, error: unknown): string {
  log.error({ err: error, group: id }, 'modifying a replication group failed');
  const group = groupRecord(account.state, id);
  return `Modifying ${group ? resourceOf(group).title : id} failed: ${failureReason(error)}`;
}
