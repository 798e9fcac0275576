import type { EventRecord } from './records/event.js';
import type { ReplicationGroupRecord } from './records/replication-group.js';
import type { State } from './region-state.js';

/**
 * A cache cluster that belongs to no replication group is stored as a group of one node, so that it starts, restarts and
 * is saved as groups are. Clients see only the ID of its node.
 */

const prefix = 'cache-cluster--';

/**
 * The ID under which such a cache cluster is stored. It differs from all IDs of replication groups, which never have two
 * hyphens in a row: on AWS a replication group may have the same ID as a cache cluster.
 */
export function standaloneId(cacheClusterId: string): string {
  return `${prefix}${cacheClusterId}`;
}

/** The replication groups that clients see. */
export function replicationGroupsIn({ replicationGroups }: State): ReplicationGroupRecord[] {
  return replicationGroups.filter(({ isStandalone }) => isStandalone !== true);
}

interface Resource {
  readonly id: string;
  readonly sourceType: EventRecord['sourceType'];
  /** For texts: `replication group orders`. */
  readonly title: string;
}

/** The resource that clients see of a stored group, which is the source of its events. */
export function resourceOf({ id, isStandalone, shards }: ReplicationGroupRecord): Resource {
  if (isStandalone !== true) return { id, sourceType: 'replication-group', title: `replication group ${id}` };
  const nodeId = shards[0]?.nodes[0]?.id ?? id.slice(prefix.length);
  return { id: nodeId, sourceType: 'cache-cluster', title: `cache cluster ${nodeId}` };
}

/** E.g. `Replication group orders`. */
export function sentenceTitle(group: ReplicationGroupRecord): string {
  const { title } = resourceOf(group);
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}`;
}
