import type { RunningGroup } from '../../nodes/interfaces.js';
import { resourceOf, sentenceTitle } from '../../state/cache-clusters.js';
import { groupRecord } from '../../state/group-record.js';
import { failureReason } from '../../state/write-failure.js';
import { settlePendingChanges } from '../apply-pending-changes.js';
import { keepPorts, shardSpecs } from '../group-spec.js';
import { recordNewNodes } from '../node-events.js';
import { settleShape } from '../shape-change.js';
import { makePendingChanges } from './modify-group.js';
import { changeGroup, describeFailure, type GroupTaskContext } from './task-context.js';

/**
 * Starts the nodes of a new group, or of one that an earlier run has created, and finishes a change of them that was
 * interrupted. The group becomes available, or failed with an event.
 */
export async function launchGroup(context: GroupTaskContext, id: string): Promise<void> {
  const { account, running, log, closing } = context;
  const isNew = groupRecord(account.state, id)?.status === 'creating';
  const [verb, done] = isNew ? (['create', 'created'] as const) : (['restore', 'restored'] as const);
  try {
    await running.start(id);
  } catch (error) {
    if (closing.aborted) return;
    log.error({ err: error, group: id }, 'the nodes of a replication group could not be started');
    await changeGroup(context, id, (group) => {
      group.status = `${verb}-failed`;
      return `Failed to ${verb} ${resourceOf(group).title}: ${failureReason(error)}`;
    });
    return;
  }
  const nodes = running.get(id)?.nodes;
  let failure: string | undefined;
  try {
    if (nodes) await finishChange(context, id, nodes);
  } catch (error) {
    if (closing.aborted) return;
    failure = describeFailure(context, id, error);
  }
  await changeGroup(context, id, (group, draft) => {
    if (nodes) {
      settleShape(draft, group, nodes.topology());
      keepPorts(group, nodes.topology());
    }
    settlePendingChanges(draft, group, failure !== undefined);
    if (isNew) recordNewNodes(draft.record, group);
    group.status = 'available';
    // The event of its node says so already.
    const isReported = isNew && group.isStandalone === true;
    return failure ?? (isReported ? undefined : `${sentenceTitle(group)} ${done}`);
  });
  await running.get(id)?.configSync.sync();
}

/** Finishes a change of the nodes that an earlier run began. */
async function finishChange(context: GroupTaskContext, id: string, nodes: RunningGroup): Promise<void> {
  const group = groupRecord(context.account.state, id);
  if (group?.pendingChanges?.isApplying) await makePendingChanges(context, id, nodes);
  else if (group?.targetShards) await nodes.reshape(shardSpecs(group.targetShards));
}
