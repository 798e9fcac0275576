import type {
  ModifyReplicationGroupShardConfigurationMessage,
  ModifyReplicationGroupShardConfigurationResult,
  ReshardingConfiguration,
} from '@aws-sdk/client-elasticache';
import { checkShardCount } from '../../../domain/cluster/cluster-shape.js';
import { invalidInput } from '../../../domain/errors.js';
import { rebalanceSlots } from '../../../domain/cluster/slot-ranges.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { ShardRecord } from '../../state/records/shard.js';
import type { State } from '../../state/region-state.js';
import type { Decoded } from '../../wire/decode.js';
import type { ChangeContext } from '../action-context.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { invalidCombination } from '../shared/refuse.js';
import { checkZones, subnetZones } from '../shared/subnet-zones.js';
import { beginScaling, requireImmediately, requireScalable } from './begin-scaling.js';
import { newMembers } from './new-members.js';

type Request = Decoded<ModifyReplicationGroupShardConfigurationMessage>;

/**
 * Answers with status `modifying`. The group becomes `available` when the slots are spread evenly over the new number of
 * shards. With the present number, slots move between the existing shards if they are uneven.
 */
export function modifyReplicationGroupShardConfiguration(
  context: ChangeContext,
  input: Request,
): ModifyReplicationGroupShardConfigurationResult {
  const { state } = context.account;
  const group = findReplicationGroup(state, input.ReplicationGroupId);
  requireImmediately(input.ApplyImmediately);
  requireScalable(group);
  if (!group.clusterMode) {
    throw invalidCombination('The shard configuration can be modified with cluster mode enabled only.');
  }
  const { NodeGroupCount: count } = input;
  checkShardCount(count);
  const kept = keptShards(group, input);
  const shards = [...kept, ...addedShards(state, group, input)].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const slots = rebalanceSlots(
    group.shards,
    shards.map(({ id }) => id),
  );
  const target = shards.map((shard, index) => ({ ...shard, slots: slots[index]?.slots ?? '' }));
  return { ReplicationGroup: beginScaling(context, group, target) };
}

function keptShards({ shards }: ReplicationGroupRecord, input: Request): ShardRecord[] {
  const { NodeGroupCount: count, NodeGroupsToRemove = [], NodeGroupsToRetain = [] } = input;
  const [remove, retain] = [shardIds(NodeGroupsToRemove), shardIds(NodeGroupsToRetain)];
  if (count >= shards.length) {
    if (remove.size + retain.size === 0) return shards;
    throw invalidCombination(
      'NodeGroupsToRemove and NodeGroupsToRetain can be given only if NodeGroupCount is less than the current number of node groups.',
    );
  }
  if (remove.size > 0 === retain.size > 0) {
    throw invalidCombination(
      'Either NodeGroupsToRemove or NodeGroupsToRetain is required if NodeGroupCount is less than the current number of node groups.',
    );
  }
  const unknown = [...remove, ...retain].filter((id) => !shards.some((shard) => shard.id === id));
  if (unknown.length > 0) {
    throw invalidInput(`The following node group ids are invalid: [${unknown.join(', ').slice(0, 200)}]`);
  }
  const kept = shards.filter(({ id }) => (remove.size > 0 ? !remove.has(id) : retain.has(id)));
  if (kept.length === count) return kept;
  throw invalidCombination(`NodeGroupCount is ${count}, but ${kept.length} node groups would remain.`);
}

const shardIds = (ids: readonly string[]): Set<string> => new Set(ids.map((id) => id.padStart(4, '0')));

/** New shards have as many replicas as the first one. */
function addedShards(state: State, group: ReplicationGroupRecord, input: Request): ShardRecord[] {
  const added = Math.max(0, input.NodeGroupCount - group.shards.length);
  const configurations = newShardConfigurations(group, input, added);
  const count = group.shards[0]?.nodes.length ?? 1;
  const ids = newShardIds(
    group,
    added,
    configurations.map(({ NodeGroupId }) => NodeGroupId),
  );
  checkZones(
    (input.ReshardingConfiguration ?? []).flatMap(({ PreferredAvailabilityZones = [] }) => PreferredAvailabilityZones),
    subnetZones(state, group.subnetGroup),
  );
  return ids.map((shardId, index) => {
    const zones = configurations[index]?.PreferredAvailabilityZones;
    if (zones && zones.length > 0 && zones.length !== count) {
      throw invalidInput(
        `Expected ${count} preferred availability zones of node group ${shardId}, got ${zones.length}.`,
      );
    }
    const nodes = newMembers({ state, group, shardId, existing: [], count, zones });
    return { id: shardId, slots: '', nodes };
  });
}

/**
 * The configurations of the new node groups. As in AWS's examples, the request may also describe all node groups: the
 * present ones come first or are named. Their nodes stay where they are.
 */
function newShardConfigurations(
  { shards }: ReplicationGroupRecord,
  { NodeGroupCount, ReshardingConfiguration: given = [] }: Request,
  added: number,
): readonly ReshardingConfiguration[] {
  if (added === 0 && given.length > 0) {
    throw invalidCombination(
      'ReshardingConfiguration can be given only if NodeGroupCount is greater than the current number of node groups.',
    );
  }
  if (given.length <= added) return given;
  if (given.length !== NodeGroupCount) {
    throw invalidCombination(
      `ReshardingConfiguration describes ${given.length} node groups. Expected those that are added, ${added}, or all ${NodeGroupCount}.`,
    );
  }
  const isPresent = (id = '') => shards.some((shard) => shard.id === id.padStart(4, '0'));
  const named = shardIds(given.flatMap(({ NodeGroupId }) => (isPresent(NodeGroupId) ? [NodeGroupId ?? ''] : [])));
  let unnamed = shards.length - named.size;
  return given.filter(({ NodeGroupId }) => {
    if (NodeGroupId === undefined && unnamed > 0) {
      unnamed -= 1;
      return false;
    }
    return !isPresent(NodeGroupId);
  });
}

/** The requested IDs, and the lowest free numbers. */
function newShardIds(
  { shards }: ReplicationGroupRecord,
  count: number,
  requested: readonly (string | undefined)[],
): string[] {
  const taken = new Set(shards.map(({ id }) => id));
  const ids: string[] = [];
  for (const text of requested) {
    if (text === undefined) continue;
    const id = text.padStart(4, '0');
    if (!/^\d{4}$/.test(id) || taken.has(id)) {
      throw invalidInput(`Expected new node group IDs of 1 to 4 digits, each once, got ${id.slice(0, 40)}.`);
    }
    taken.add(id);
    ids.push(id);
  }
  for (let number = 1; ids.length < count; number += 1) {
    const id = String(number).padStart(4, '0');
    if (taken.has(id)) continue;
    taken.add(id);
    ids.push(id);
  }
  return ids;
}
