import type { NodeEvent } from '../nodes/interfaces.js';
import type { AccountDraft } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { NodeRecord } from '../state/records/shard.js';

type RecordEvent = AccountDraft['record'];

/** Records AWS's events about the nodes of a new group. */
export function recordNewNodes(record: RecordEvent, group: ReplicationGroupRecord): void {
  for (const node of nodesOf(group)) recordNewNode(record, group, node);
}

/** Records that the nodes were stopped and started again. */
export function recordRestart(record: RecordEvent, group: ReplicationGroupRecord): void {
  for (const { id } of nodesOf(group)) {
    record('cache-cluster', id, 'Cache node 0001 shutdown');
    record('cache-cluster', id, 'Cache node 0001 restarted');
  }
}

/** Records what happened to the nodes of a running group, in AWS's words where AWS has such an event. */
export function recordNodeEvent(record: RecordEvent, group: ReplicationGroupRecord, event: NodeEvent): void {
  switch (event.type) {
    case 'node-added':
      recordTemporaryNode(record, group, event.nodeId);
      return;
    case 'node-removed':
      // Recorded together with the new shape, so that a kill in between loses neither of the two.
      return;
    case 'resharding':
      record('replication-group', group.id, event.message);
      return;
    case 'failover': {
      const message = `Failover from primary node ${event.formerId} to replica node ${event.nodeId} completed`;
      record('cache-cluster', event.nodeId, message);
      record('replication-group', group.id, message);
      return;
    }
    case 'node-rebooting':
      record('cache-cluster', event.nodeId, 'Cache node 0001 shutdown');
      return;
    case 'node-rebooted':
      record('cache-cluster', event.nodeId, 'Cache node 0001 restarted');
      return;
    case 'node-down':
      record('cache-cluster', event.nodeId, event.message);
      record('cache-cluster', event.nodeId, 'Recovering cache nodes 0001');
      return;
    case 'node-restarted':
      record('cache-cluster', event.nodeId, 'Finished recovery for cache nodes 0001');
      return;
    default:
      record('cache-cluster', event.nodeId, event.message);
  }
}

/** A temporary node takes over before its group has a new shape, so that its events do not wait for that. Those of others do. */
function recordTemporaryNode(record: RecordEvent, group: ReplicationGroupRecord, id: string): void {
  const node = nodesOf(group).find((one) => one.id === id);
  if (!node?.isTemporary || node.isReported) return;
  recordNewNode(record, group, node);
  node.isReported = true;
}

export function recordNewNode(record: RecordEvent, { parameterGroup }: ReplicationGroupRecord, node: NodeRecord): void {
  record('cache-cluster', node.id, `Added cache node 0001${inZone(node)}`);
  record('cache-cluster', node.id, `Updated to use a CacheParameterGroup ${parameterGroup}`);
  record('cache-cluster', node.id, 'Cache cluster created');
}

export function recordRemovedNode(record: RecordEvent, node: NodeRecord): void {
  record('cache-cluster', node.id, `Removed cache node 0001${inZone(node)}`);
  record('cache-cluster', node.id, 'Cache cluster deleted');
}

const inZone = ({ availabilityZone }: NodeRecord): string => ` in availability zone ${availabilityZone}`;

const nodesOf = ({ shards }: ReplicationGroupRecord): NodeRecord[] => shards.flatMap(({ nodes }) => nodes);
