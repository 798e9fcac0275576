import type { AccountDraft } from '../state/account.js';
import { groupRecord } from '../state/group-record.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { NodeRecord } from '../state/records/shard.js';
import type { State } from '../state/region-state.js';

/** The nodes that are being rebooted. Their group is `modifying` until none is. */
export function rebootingNodes({ shards }: Pick<ReplicationGroupRecord, 'shards'>): NodeRecord[] {
  return shards.flatMap(({ nodes }) => nodes).filter(({ isRebooting }) => isRebooting === true);
}

/** Records that a node is being rebooted. */
export function beginReboot(group: ReplicationGroupRecord, node: NodeRecord): void {
  node.isRebooting = true;
  group.status = 'modifying';
}

/** Records that the reboot of a node has ended, well or not. */
export function endReboot({ state }: Pick<AccountDraft, 'state'>, groupId: string, nodeId: string): void {
  const group = groupRecord(state, groupId);
  const node = group && rebootingNodes(group).find(({ id }) => id === nodeId);
  if (!group || !node) return;
  node.isRebooting = undefined;
  if (group.status === 'modifying' && rebootingNodes(group).length === 0) group.status = 'available';
}

/** To be called when the endpoint starts: the start of the processes completes each reboot. */
export function completeReboots({ replicationGroups }: State): void {
  for (const node of replicationGroups.flatMap(rebootingNodes)) node.isRebooting = undefined;
}
