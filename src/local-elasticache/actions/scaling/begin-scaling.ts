import { NoOperationFault$, type ReplicationGroup } from '@aws-sdk/client-elasticache';
import { checkClusterShape } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import { shardSpecs } from '../../lifecycle/group-spec.js';
import { beginShape } from '../../lifecycle/shape-change.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { requireSettledMode } from '../replication-groups/change-cluster-mode.js';
import { requireStatus } from '../replication-groups/group-state.js';
import { replicationGroupView } from '../replication-groups/group-view.js';

/** @throws ExpectedFailure: ElastiCache cannot defer a change of the number of nodes. */
export function requireImmediately(applyImmediately: boolean | undefined): void {
  if (applyImmediately === true) return;
  throw invalidInput('ApplyImmediately must be true: ElastiCache does not support a later change.');
}

/**
 * Must be called before the request is compared with the shape of the group, which a change in progress may alter.
 * @throws AwsFault InvalidReplicationGroupState
 */
export function requireScalable(group: ReplicationGroupRecord): void {
  requireStatus(group, ['available'], 'scaling');
  requireSettledMode(group, 'scaling');
}

/**
 * Stores the intended shards and nodes, and starts to change them. The group is `modifying` until the nodes have that
 * shape. `requireScalable` comes first.
 * @throws AwsFault NoOperationFault if the group has that shape already
 */
export function beginScaling(
  { account, groups, afterStored }: ChangeContext,
  group: ReplicationGroupRecord,
  target: readonly ShardRecord[],
): ReplicationGroup {
  checkClusterShape({ ...group, replicas: target.map(({ nodes }) => nodes.length - 1) });
  if (isSameShape(group.shards, target)) {
    throw fault(NoOperationFault$, 'The operation was not performed because no changes were required.');
  }
  // From now on they are wanted.
  for (const node of [group.shards, target].flat().flatMap(({ nodes }) => nodes)) node.isTemporary = undefined;
  beginShape(account, group, target);
  group.status = 'modifying';
  const answer = replicationGroupView(account, group, groups.topology(group.id));
  afterStored(() => groups.modify(group.id, (running) => running.reshape(shardSpecs(target))));
  return answer;
}

function isSameShape(now: readonly ShardRecord[], target: readonly ShardRecord[]): boolean {
  const text = (shards: readonly ShardRecord[]): string =>
    shards.map(({ id, slots, nodes }) => [id, slots, ...nodes.map((node) => node.id)].join(' ')).join('\n');
  return text(now) === text(target);
}
