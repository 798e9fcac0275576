import type { NodeEvent } from '../nodes/interfaces.js';
import type { AccountDraft } from '../state/account.js';
import type { NodeRecord, ReplicationGroupRecord } from '../state/model.js';

type RecordEvent = AccountDraft['record'];

/** Records AWS's events about the nodes of a new group. */
export function recordNewNodes(record: RecordEvent, group: ReplicationGroupRecord): void {
  for (const node of nodesOf(group)) recordNewNode(record, group, node);
}

/** Records what happened to the nodes of a running group, in AWS's words where AWS has such an event. */
export function recordNodeEvent(record: RecordEvent, group: ReplicationGroupRecord, event: NodeEvent): void {
  if (event.type === 'resharding') {
    record('replication-group', group.id, event.message);
    return;
  }
  const { nodeId } = event;
  const node = nodesOf(group).find(({ id }) => id === nodeId);
  switch (event.type) {
    case 'node-added':
      if (node) recordNewNode(record, group, node);
      return;
    case 'node-removed':
      record('cache-cluster', nodeId, `Removed cache node 0001${node ? inZone(node) : ''}`);
      record('cache-cluster', nodeId, 'Cache cluster deleted');
      return;
    case 'failover': {
      const message = `Failover from primary node ${event.formerId} to replica node ${nodeId} completed`;
      record('cache-cluster', nodeId, message);
      record('replication-group', group.id, message);
      return;
    }
    case 'node-rebooting':
      record('cache-cluster', nodeId, 'Cache node 0001 shutdown');
      return;
    case 'node-rebooted':
      record('cache-cluster', nodeId, 'Cache node 0001 restarted');
      return;
    case 'node-down':
      record('cache-cluster', nodeId, event.message);
      record('cache-cluster', nodeId, 'Recovering cache nodes 0001');
      return;
    case 'node-restarted':
      record('cache-cluster', nodeId, 'Finished recovery for cache nodes 0001');
      return;
    default:
      record('cache-cluster', nodeId, event.message);
  }
}

function recordNewNode(record: RecordEvent, { parameterGroup }: ReplicationGroupRecord, node: NodeRecord): void {
  record('cache-cluster', node.id, `Added cache node 0001${inZone(node)}`);
  record('cache-cluster', node.id, `Updated to use a CacheParameterGroup ${parameterGroup}`);
  record('cache-cluster', node.id, 'Cache cluster created');
}

const inZone = ({ availabilityZone }: NodeRecord): string => ` in availability zone ${availabilityZone}`;

const nodesOf = ({ shards }: ReplicationGroupRecord): NodeRecord[] => shards.flatMap(({ nodes }) => nodes);
