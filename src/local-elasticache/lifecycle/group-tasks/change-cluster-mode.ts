import { groupRecord } from '../../state/group-record.js';
import { clusterModeOf } from '../cluster-mode.js';
import { recordRestart } from '../node-events.js';
import { startInOtherMode } from './start-in-other-mode.js';
import { changeGroup, describeFailure, type GroupTaskContext } from './task-context.js';

/**
 * Changes the cluster mode of a group to `pendingClusterMode`. If that fails, the nodes run in the former mode again. The
 * group becomes available, or failed if its nodes do not run.
 */
export async function changeClusterMode(context: GroupTaskContext, id: string): Promise<void> {
  const { running, closing } = context;
  let failure: string | undefined;
  try {
    await restartInPendingMode(context, id);
  } catch (error) {
    // The next run of the endpoint starts the nodes in the recorded mode.
    if (closing.aborted) return;
    failure = describeFailure(context, id, error);
  }
  await changeGroup(context, id, (group, { record }) => {
    const isRunning = running.get(id) !== undefined;
    Object.assign(group, { pendingClusterMode: undefined, status: isRunning ? 'available' : 'restore-failed' });
    if (isRunning && failure === undefined) recordRestart(record, group);
    return failure ?? `Cluster mode of replication group ${id} is now ${clusterModeOf(group)}`;
  });
}

async function restartInPendingMode(context: GroupTaskContext, id: string): Promise<void> {
  const { account, running, stopped, log, closing } = context;
  const nodes = running.get(id)?.nodes;
  const pending = groupRecord(account.state, id)?.pendingClusterMode;
  if (!nodes || !pending) return;
  try {
    await startInOtherMode({
      nodes,
      pending,
      onStopped() {
        stopped.set(id, nodes.topology());
        running.remove(id);
      },
      change: (work) =>
        changeGroup(context, id, (group) => {
          work(group);
          return undefined;
        }),
      start: () => running.start(id),
      onUndo: (cause) => log.error({ err: cause, group: id }, 'undoing a change of the cluster mode'),
      closing,
    });
  } finally {
    stopped.delete(id);
  }
}
