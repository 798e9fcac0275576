import type { AccountDraft } from '../../state/account.js';
import { groupRecord } from '../../state/group-record.js';
import { fleetId } from '../group-spec.js';
import { deleteAutomaticSnapshots } from '../snapshots/snapshot-records.js';
import type { GroupTaskContext } from './task-context.js';

/** Stops the nodes of a group, deletes their data, and then the record. */
export async function deleteGroup(context: GroupTaskContext, id: string): Promise<void> {
  const { account, fleet, running, change, changes } = context;
  const nodes = running.get(id)?.nodes;
  const group = groupRecord(account.state, id);
  await (nodes ? nodes.destroy() : fleet.forget(fleetId(account.region, group ?? { id })));
  running.remove(id);
  await change((draft) => forgetGroup(draft, id));
  changes.announce(id);
}

/** Deletes the record of a group whose nodes are gone, and the tags of both. */
function forgetGroup({ state, arn, record }: AccountDraft, id: string): void {
  const group = groupRecord(state, id);
  const nodes = group?.shards.flatMap((shard) => shard.nodes) ?? [];
  const arns = [arn('replicationgroup', id), ...nodes.map((node) => arn('cluster', node.id))];
  for (const one of arns) Reflect.deleteProperty(state.tags, one);
  deleteAutomaticSnapshots(state, id);
  state.replicationGroups = state.replicationGroups.filter((other) => other.id !== id);
  for (const node of nodes) record('cache-cluster', node.id, 'Cache cluster deleted');
  if (group?.isStandalone !== true) record('replication-group', id, `Replication group ${id} deleted`);
}
