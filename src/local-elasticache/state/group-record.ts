import type { ReplicationGroupRecord, State } from './model.js';

/** The stored group with this ID, also one that clients see as a cache cluster. */
export function groupRecord({ replicationGroups }: State, groupId: string): ReplicationGroupRecord | undefined {
  return replicationGroups.find(({ id }) => id === groupId);
}
