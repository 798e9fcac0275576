import { failureReason } from '../../state/write-failure.js';
import { endReboot } from '../reboot-nodes.js';
import type { GroupTaskContext } from './task-context.js';

/** Restarts the process of a node of which `beginReboot` was recorded, and records the end of the reboot. */
export async function rebootNode(context: GroupTaskContext, groupId: string, nodeId: string): Promise<void> {
  const { running, change, changes, log, closing } = context;
  let failure: string | undefined;
  try {
    await running.get(groupId)?.nodes.reboot(nodeId);
  } catch (error) {
    // The next start of the endpoint starts the node too.
    if (closing.aborted) return;
    log.error({ err: error, node: nodeId }, 'rebooting a node failed');
    failure = `Rebooting cache node 0001 failed: ${failureReason(error)}`;
  }
  await change((draft) => {
    endReboot(draft, groupId, nodeId);
    if (failure !== undefined) draft.record('cache-cluster', nodeId, failure);
  });
  changes.announce(groupId);
}
