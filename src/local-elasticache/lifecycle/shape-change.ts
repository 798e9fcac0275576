import type { GroupTopology } from '../nodes/interfaces.js';
import type { AccountDraft } from '../state/account.js';
import { recordNewNode, recordRemovedNode } from './node-events.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { NodeRecord, ShardRecord } from '../state/records/shard.js';

/**
 * Records an intended shape of the group: its shards, nodes and slots. New nodes have the tags of the group.
 * `settleShape` follows when the nodes have that shape.
 */
export function beginShape(
  { state, arn }: Pick<AccountDraft, 'state' | 'arn'>,
  group: ReplicationGroupRecord,
  target: readonly ShardRecord[],
): void {
  const tags = state.tags[arn('replicationgroup', group.id)];
  const existing = new Set(group.shards.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  for (const { id } of target.flatMap(({ nodes }) => nodes)) {
    if (tags && !existing.has(id)) state.tags[arn('cluster', id)] = structuredClone(tags);
  }
  const after = new Map(target.map((shard) => [shard.id, shard]));
  const before = group.shards.map((shard) => ({
    ...shard,
    nodes: union(shard.nodes, after.get(shard.id)?.nodes ?? []),
  }));
  const known = new Set(before.map(({ id }) => id));
  const added = target.filter(({ id }) => !known.has(id)).map((shard) => ({ ...shard, slots: '' }));
  group.shards = [...before, ...added].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  group.targetShards = [...target];
}

/**
 * Records the shape that the nodes have after a change, with the events of nodes that were added or removed, and deletes the tags of
 * nodes that are gone.
 */
export function settleShape(
  { state, arn, record }: Pick<AccountDraft, 'state' | 'arn' | 'record'>,
  group: ReplicationGroupRecord,
  topology: GroupTopology,
): void {
  if (!group.targetShards) return;
  const before = new Map(group.shards.flatMap((shard) => shard.nodes).map((node) => [node.id, node]));
  group.shards = topology.shards.map(({ id, slots, nodes: running }) => ({
    id,
    slots,
    nodes: running.flatMap(({ id: nodeId, port }) => {
      const node = before.get(nodeId);
      return node ? [{ ...node, port }] : [];
    }),
  }));
  group.targetShards = undefined;
  const kept = new Set(group.shards.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  for (const node of before.values()) {
    // A node without a port has not been recorded yet.
    if (kept.has(node.id) && node.port === undefined && !node.isReported) recordNewNode(record, group, node);
    if (kept.has(node.id)) continue;
    if (node.port !== undefined || node.isReported) recordRemovedNode(record, node);
    Reflect.deleteProperty(state.tags, arn('cluster', node.id));
  }
  if (group.snapshottingNode !== undefined && !kept.has(group.snapshottingNode)) group.snapshottingNode = undefined;
}

function union(before: readonly NodeRecord[], after: readonly NodeRecord[]): NodeRecord[] {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...after.filter(({ id }) => !known.has(id))];
}
