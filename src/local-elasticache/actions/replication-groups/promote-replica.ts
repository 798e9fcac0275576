import {
  CacheClusterNotFoundFault$,
  InvalidReplicationGroupStateFault$,
  type ModifyReplicationGroupMessage,
  type ModifyReplicationGroupResult,
} from '@aws-sdk/client-elasticache';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { invalidClusterState } from '../cache-clusters/cache-cluster-state.js';
import { refuseOthers } from '../shared/refuse.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView, shardNodes } from './group-view.js';

type Request = Decoded<ModifyReplicationGroupMessage>;

/**
 * Makes a replica the primary (PrimaryClusterId). Answers with status `modifying`. The group becomes `available` when the
 * replica is primary and the old primary follows it. A primary stays as it is.
 */
export function promoteReplica(
  { account, groups, afterStored }: ChangeContext,
  group: ReplicationGroupRecord,
  input: Request & { readonly PrimaryClusterId: string },
): ModifyReplicationGroupResult {
  refuseOthers(
    input,
    ['ReplicationGroupId', 'PrimaryClusterId', 'ApplyImmediately'],
    (other) => `${other} cannot be combined with PrimaryClusterId by the local ElastiCache endpoint.`,
  );
  const nodeId = input.PrimaryClusterId.toLowerCase();
  const shard = group.shards.find(({ nodes }) => nodes.some(({ id }) => id === nodeId));
  if (!shard) {
    throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${input.PrimaryClusterId.slice(0, 60)}`);
  }
  requireStatus(group, ['available'], 'modification');
  requirePromotable(group);
  const topology = groups.topology(group.id);
  const node = shardNodes(topology, shard.id).get(nodeId);
  if (node?.health !== 'available') {
    throw invalidClusterState(`Cache cluster ${nodeId} is not in the available state.`);
  }
  if (node.role === 'primary') return { ReplicationGroup: replicationGroupView(account, group, topology) };

  Object.assign(group, { status: 'modifying', promotingNode: nodeId } satisfies Partial<ReplicationGroupRecord>);
  account.record('replication-group', group.id, `Replication group ${group.id} modified`);
  const answer = replicationGroupView(account, group, topology);
  afterStored(() => groups.modify(group.id, (running) => running.failover(shard.id, nodeId)));
  return { ReplicationGroup: answer };
}

function requirePromotable({ automaticFailover, clusterMode }: ReplicationGroupRecord): void {
  const invalidState = (message: string) => fault(InvalidReplicationGroupStateFault$, message);
  if (clusterMode) throw invalidState('A primary can be chosen only with cluster mode disabled.');
  if (automaticFailover) {
    throw invalidState('Cannot manually promote a new master cache cluster while autofailover is enabled.');
  }
}
