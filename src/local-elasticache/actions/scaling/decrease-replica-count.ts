import type { DecreaseReplicaCountMessage, DecreaseReplicaCountResult } from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';
import { beginScaling, requireImmediately, requireScalable } from './begin-scaling.js';
import { replicaCounts } from './replica-counts.js';

type Request = Decoded<DecreaseReplicaCountMessage>;

/**
 * Answers with status `modifying`. Without names, the replicas with the highest numbers are removed, and never a
 * primary.
 */
export function decreaseReplicaCount(context: ChangeContext, input: Request): DecreaseReplicaCountResult {
  const group = findReplicationGroup(context.account.state, input.ReplicationGroupId);
  requireImmediately(input.ApplyImmediately);
  requireScalable(group);
  const primaries = new Set(
    (context.groups.topology(group.id)?.shards ?? []).flatMap(({ nodes }) =>
      nodes.flatMap(({ id, role }) => (role === 'primary' ? [id] : [])),
    ),
  );
  const named = namedReplicas(group, input, primaries);
  const counts = isCounted(input) ? replicaCounts(group, input) : undefined;
  const target = group.shards.map((shard, index): ShardRecord => {
    const replicas = counts?.[index]?.replicas ?? shard.nodes.filter(({ id }) => !named.has(id)).length - 1;
    const surplus = shard.nodes.length - 1 - replicas;
    if (surplus < 0) {
      throw invalidInput(
        `The new replica count of node group ${shard.id} must not be more than its current one, ${shard.nodes.length - 1}.`,
      );
    }
    const removed = new Set(shard.nodes.flatMap(({ id }) => (named.has(id) ? [id] : [])));
    if (removed.size > 0 && removed.size !== surplus) {
      throw invalidCombination(
        `ReplicasToRemove names ${removed.size} replicas of node group ${shard.id}, but its new count removes ${surplus}.`,
      );
    }
    for (const { id } of shard.nodes.toReversed()) {
      if (removed.size < surplus && !primaries.has(id)) removed.add(id);
    }
    return { ...shard, nodes: shard.nodes.filter(({ id }) => !removed.has(id)) };
  });
  checkMinimum(group, target);
  return { ReplicationGroup: beginScaling(context, group, target) };
}

const isCounted = ({ NewReplicaCount, ReplicaConfiguration = [], ReplicasToRemove = [] }: Request): boolean =>
  NewReplicaCount !== undefined || ReplicaConfiguration.length > 0 || ReplicasToRemove.length === 0;

function namedReplicas(group: ReplicationGroupRecord, input: Request, primaries: ReadonlySet<string>): Set<string> {
  const named = (input.ReplicasToRemove ?? []).map((id) => id.toLowerCase());
  const existing = new Set(group.shards.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
  const unknown = named.filter((id) => !existing.has(id));
  if (unknown.length > 0) {
    throw invalidInput(`The following node ids are invalid: [${unknown.join(', ').slice(0, 200)}]`);
  }
  const primary = named.find((id) => primaries.has(id));
  if (primary !== undefined) throw invalidInput(`Cache cluster ${primary} is a primary and cannot be removed.`);
  return new Set(named);
}

/** ElastiCache has words of its own for this limit of `DecreaseReplicaCount`. */
function checkMinimum(
  { clusterMode, automaticFailover, multiAz }: ReplicationGroupRecord,
  target: readonly ShardRecord[],
) {
  if (target.every(({ nodes }) => nodes.length > 1)) return;
  if (multiAz) throw invalidInput('Must have at least 1 replica for Multi-AZ enabled Replication Group');
  if (!clusterMode && automaticFailover) {
    throw invalidInput('Must have at least 1 replica when cluster mode is disabled with auto failover enabled.');
  }
}
