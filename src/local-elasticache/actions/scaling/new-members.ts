import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { NodeRecord } from '../../state/records/shard.js';
import type { State } from '../../state/region-state.js';
import { members } from '../shared/lookup.js';
import { checkZones, subnetZones } from '../shared/subnet-zones.js';

interface NewMembers {
  readonly state: State;
  readonly group: ReplicationGroupRecord;
  readonly shardId: string;
  /** The nodes that the shard keeps. */
  readonly existing: readonly NodeRecord[];
  readonly count: number;
  /** By position in the shard. */
  readonly zones?: readonly string[] | undefined;
}

/** Plans new nodes of a shard, with the lowest numbers that are free. */
export function newMembers({ state, group, shardId, existing, count, zones = [] }: NewMembers): NodeRecord[] {
  const available = subnetZones(state, group.subnetGroup);
  checkZones(zones, available);
  const taken = new Set([...members(state).map(({ node }) => node.id), ...existing.map(({ id }) => id)]);
  const prefix = group.clusterMode ? `${group.id}-${shardId}` : group.id;
  const createdAt = new Date().toISOString();
  const added: NodeRecord[] = [];
  for (let number = 1; added.length < count; number += 1) {
    const id = `${prefix}-${String(number).padStart(3, '0')}`;
    if (taken.has(id)) continue;
    const position = existing.length + added.length;
    const inTurn = available[(Number(shardId) - 1 + position) % available.length];
    added.push({ id, availabilityZone: zones[position] ?? inTurn ?? '', createdAt });
  }
  return added;
}
