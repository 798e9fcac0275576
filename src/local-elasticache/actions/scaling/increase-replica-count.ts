import type { IncreaseReplicaCountMessage, IncreaseReplicaCountResult } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { beginScaling, requireImmediately, requireScalable } from './begin-scaling.js';
import { newMembers } from './new-members.js';
import { replicaCounts } from './replica-counts.js';

/** Answers with status `modifying`. The group becomes `available` when the new replicas are in sync. */
export function increaseReplicaCount(
  context: ChangeContext,
  input: Decoded<IncreaseReplicaCountMessage>,
): IncreaseReplicaCountResult {
  const { state } = context.account;
  const group = findReplicationGroup(state, input.ReplicationGroupId);
  requireImmediately(input.ApplyImmediately);
  requireScalable(group);
  const target = replicaCounts(group, input).map(({ shard, replicas, zones }) => {
    const { id: shardId, nodes: existing } = shard;
    const count = replicas + 1 - existing.length;
    if (count < 0) {
      throw invalidInput(
        `The new replica count of node group ${shardId} must not be less than its current one, ${existing.length - 1}.`,
      );
    }
    return { ...shard, nodes: [...existing, ...newMembers({ state, group, shardId, existing, count, zones })] };
  });
  return { ReplicationGroup: beginScaling(context, group, target) };
}
