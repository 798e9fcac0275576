import type { DescribeReplicationGroupsMessage, ReplicationGroupMessage } from '@aws-sdk/client-elasticache';
import { replicationGroupsIn } from '../../state/cache-clusters.js';
import type { Decoded } from '../../wire/decode.js';
import type { ActionContext } from '../action-context.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from '../shared/lookup.js';
import { pageOf } from '../shared/paging.js';
import { holdWhileInTransition } from '../shared/transition.js';

export async function describeReplicationGroups(
  endpoint: ActionContext,
  input: Decoded<DescribeReplicationGroupsMessage>,
  signal: AbortSignal,
): Promise<ReplicationGroupMessage> {
  const { account, groups } = endpoint;
  if (input.ReplicationGroupId !== undefined) {
    await holdWhileInTransition(endpoint, input.ReplicationGroupId.toLowerCase(), signal);
  }
  const { state } = account;
  const chosen =
    input.ReplicationGroupId === undefined
      ? replicationGroupsIn(state)
      : [findReplicationGroup(state, input.ReplicationGroupId)];
  const { items, marker } = pageOf(chosen, ({ id }) => id, input);
  return {
    ReplicationGroups: items.map((group) => replicationGroupView(account, group, groups.topology(group.id))),
    Marker: marker,
  };
}
