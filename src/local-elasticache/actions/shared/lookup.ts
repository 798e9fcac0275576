import {
  CacheClusterNotFoundFault$,
  CacheParameterGroupNotFoundFault$,
  CacheSubnetGroupNotFoundFault$,
  ReplicationGroupNotFoundFault$,
  SnapshotNotFoundFault$,
  UserGroupNotFoundFault$,
  UserNotFoundFault$,
} from '@aws-sdk/client-elasticache';
import { invalidInput } from '../../../domain/errors.js';
import { defaultParameterGroup } from '../../../domain/parameters/parameter-families.js';
import { replicationGroupsIn } from '../../state/cache-clusters.js';
import type { ParameterGroupRecord } from '../../state/records/parameter-group.js';
import type { ReplicationGroupRecord } from '../../state/records/replication-group.js';
import type { NodeRecord, ShardRecord } from '../../state/records/shard.js';
import type { SnapshotRecord } from '../../state/records/snapshot.js';
import type { SubnetGroupRecord } from '../../state/records/subnet-group.js';
import type { UserRecord } from '../../state/records/user.js';
import type { UserGroupRecord } from '../../state/records/user-group.js';
import type { State } from '../../state/region-state.js';
import { fault } from '../../wire/fault.js';

/** Each function finds a resource by its ID, in any case, or throws AWS's "not found" fault. */

export function findUser({ users }: State, id: string): UserRecord {
  const found = users.find((user) => user.id === id.toLowerCase());
  if (!found) throw fault(UserNotFoundFault$, `User ${shortened(id)} not found.`);
  return found;
}

export function findUserGroup({ userGroups }: State, id: string): UserGroupRecord {
  const found = userGroups.find((group) => group.id === id.toLowerCase());
  if (!found) throw fault(UserGroupNotFoundFault$, `User group ${shortened(id)} not found.`);
  return found;
}

export function findReplicationGroup(state: State, id: string): ReplicationGroupRecord {
  if (id === '') throw invalidInput('The parameter ReplicationGroupId must be provided and must not be blank.');
  const found = replicationGroupsIn(state).find((group) => group.id === id.toLowerCase());
  if (!found) throw fault(ReplicationGroupNotFoundFault$, `ReplicationGroup ${shortened(id)} not found.`);
  return found;
}

export function findSnapshot({ snapshots = [] }: State, name: string): SnapshotRecord {
  const found = snapshots.find((snapshot) => snapshot.name === name.toLowerCase());
  if (!found) throw fault(SnapshotNotFoundFault$, `Snapshot not found: ${shortened(name)}`);
  return found;
}

/** A node with its shard and group. */
export interface Member {
  readonly group: ReplicationGroupRecord;
  readonly shard: ShardRecord;
  readonly node: NodeRecord;
}

/** All nodes, in the order of their groups, and cache clusters in no group. */
export function members({ replicationGroups }: State): Member[] {
  return replicationGroups.flatMap((group) =>
    group.shards.flatMap((shard) => shard.nodes.map((node) => ({ group, shard, node }))),
  );
}

export function findCacheCluster(state: State, id: string): Member {
  const found = members(state).find(({ node }) => node.id === id.toLowerCase());
  if (!found) throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${shortened(id)}`);
  return found;
}

export function findSubnetGroup({ subnetGroups }: State, name: string): SubnetGroupRecord {
  const found = subnetGroups.find((group) => group.name === name.toLowerCase());
  if (!found) throw fault(CacheSubnetGroupNotFoundFault$, `Cache Subnet Group ${shortened(name)} does not exist.`);
  return found;
}

/** A custom or default parameter group, and whether it enables cluster mode. */
export function findParameterGroup(
  { parameterGroups }: State,
  name: string,
): ParameterGroupRecord & { readonly isDefault: boolean; readonly clusterMode: boolean } {
  const made = parameterGroups.find((group) => group.name === name.toLowerCase());
  if (made) return { ...made, isDefault: false, clusterMode: made.values['cluster-enabled'] === 'yes' };
  const standard = defaultParameterGroup(name);
  if (!standard) throw fault(CacheParameterGroupNotFoundFault$, `CacheParameterGroup not found: ${shortened(name)}`);
  const { family, clusterMode } = standard;
  const description = `Default parameter group for ${family}${clusterMode ? ' with cluster mode on' : ''}`;
  return { name: standard.name, family, description, values: {}, isDefault: true, clusterMode };
}

function shortened(id: string): string {
  return id.length > 60 ? `${id.slice(0, 60)}…` : id;
}
