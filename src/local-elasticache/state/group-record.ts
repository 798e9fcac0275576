import type { ReplicationGroupRecord } from './records/replication-group.js';
import type { State } from './region-state.js';

/** The stored group with this ID, also one that clients see as a cache cluster. */
export function groupRecord({ replicationGroups }: State, groupId: string): ReplicationGroupRecord | undefined {
  return replicationGroups.find(({ id }) => id === groupId);
}
