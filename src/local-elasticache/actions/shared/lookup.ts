import {
  CacheClusterNotFoundFault$,
  CacheParameterGroupNotFoundFault$,
  CacheSubnetGroupNotFoundFault$,
  ReplicationGroupNotFoundFault$,
  UserGroupNotFoundFault$,
  UserNotFoundFault$,
} from '@aws-sdk/client-elasticache';
import { defaultParameterGroup } from '../../../domain/cluster/parameter-families.js';
import type {
  NodeRecord,
  ParameterGroupRecord,
  ReplicationGroupRecord,
  ShardRecord,
  State,
  SubnetGroupRecord,
  UserGroupRecord,
  UserRecord,
} from '../../state/model.js';
import { fault } from '../../wire/fault.js';

/** Each function finds a resource by its ID, in any case, or throws the fault that AWS answers where there is none. */

export function findUser({ users }: State, id: string): UserRecord {
  const found = users.find((user) => user.id === id.toLowerCase());
  if (!found) throw fault(UserNotFoundFault$, `User ${shown(id)} not found.`);
  return found;
}

export function findUserGroup({ userGroups }: State, id: string): UserGroupRecord {
  const found = userGroups.find((group) => group.id === id.toLowerCase());
  if (!found) throw fault(UserGroupNotFoundFault$, `User group ${shown(id)} not found.`);
  return found;
}

export function findReplicationGroup({ replicationGroups }: State, id: string): ReplicationGroupRecord {
  const found = replicationGroups.find((group) => group.id === id.toLowerCase());
  if (!found) throw fault(ReplicationGroupNotFoundFault$, `ReplicationGroup ${shown(id)} not found.`);
  return found;
}

/** A node with the shard and the group that it is part of. */
export interface Member {
  readonly group: ReplicationGroupRecord;
  readonly shard: ShardRecord;
  readonly node: NodeRecord;
}

/** All nodes there are, in the order of their groups. */
export function members({ replicationGroups }: State): Member[] {
  return replicationGroups.flatMap((group) =>
    group.shards.flatMap((shard) => shard.nodes.map((node) => ({ group, shard, node }))),
  );
}

export function findCacheCluster(state: State, id: string): Member {
  const found = members(state).find(({ node }) => node.id === id.toLowerCase());
  if (!found) throw fault(CacheClusterNotFoundFault$, `CacheCluster not found: ${shown(id)}`);
  return found;
}

export function findSubnetGroup({ subnetGroups }: State, name: string): SubnetGroupRecord {
  const found = subnetGroups.find((group) => group.name === name.toLowerCase());
  if (!found) throw fault(CacheSubnetGroupNotFoundFault$, `Cache Subnet Group ${shown(name)} does not exist.`);
  return found;
}

/** A parameter group somebody has made, or one of the defaults, with whether it turns cluster mode on. */
export function findParameterGroup(
  { parameterGroups }: State,
  name: string,
): ParameterGroupRecord & { readonly isDefault: boolean; readonly clusterMode: boolean } {
  const made = parameterGroups.find((group) => group.name === name.toLowerCase());
  if (made) return { ...made, isDefault: false, clusterMode: made.values['cluster-enabled'] === 'yes' };
  const known = defaultParameterGroup(name);
  if (!known) throw fault(CacheParameterGroupNotFoundFault$, `CacheParameterGroup not found: ${shown(name)}`);
  const { family, clusterMode } = known;
  const description = `Default parameter group for ${family}${clusterMode ? ' with cluster mode on' : ''}`;
  return { name: known.name, family, description, values: {}, isDefault: true, clusterMode };
}

function shown(id: string): string {
  return id.length > 60 ? `${id.slice(0, 60)}…` : id;
}
