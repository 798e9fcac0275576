import type { AccountDraft } from '../state/account.js';
import { groupRecord } from '../state/group-record.js';
import { deleteAutomaticSnapshots } from './snapshots/snapshot-records.js';

/** Deletes the record of a group whose nodes are gone, and the tags of both. */
export function forgetGroup({ state, arn, record }: AccountDraft, id: string): void {
  const group = groupRecord(state, id);
  const nodes = group?.shards.flatMap((shard) => shard.nodes) ?? [];
  const arns = [arn('replicationgroup', id), ...nodes.map((node) => arn('cluster', node.id))];
  for (const one of arns) Reflect.deleteProperty(state.tags, one);
  deleteAutomaticSnapshots(state, id);
  state.replicationGroups = state.replicationGroups.filter((other) => other.id !== id);
  for (const node of nodes) record('cache-cluster', node.id, 'Cache cluster deleted');
  if (group?.isStandalone !== true) record('replication-group', id, `Replication group ${id} deleted`);
}
