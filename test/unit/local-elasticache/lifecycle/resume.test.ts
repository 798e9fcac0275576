import { expect, test } from 'vitest';
import { completeChanges } from '../../../../src/local-elasticache/lifecycle/resume.js';
import type { ReplicationGroupRecord } from '../../../../src/local-elasticache/state/records/replication-group.js';
import { initialState } from '../../../../src/local-elasticache/state/region-state.js';

/** The events of two starts after the endpoint ended while this group was being changed, and the group. */
function resumed(change: Partial<ReplicationGroupRecord>) {
  const state = initialState('us-east-1');
  const group = { id: 'orders', status: 'modifying', shards: [], ...change } as unknown as ReplicationGroupRecord;
  state.replicationGroups.push(group);
  const events: string[] = [];
  const draft = {
    ...{ region: 'us-east-1', state, arn: (_kind: string, id: string) => id },
    record: (_type: string, id: string, message: string) => void events.push(`${id}: ${message}`),
  };
  completeChanges(draft);
  completeChanges(draft);
  return { events, group };
}

test('A requested failover that the end of the endpoint interrupted is reported once, and not repeated', () => {
  const { events, group } = resumed({ failingOver: '0002' });
  expect(events).toEqual([
    'orders: The failover of node group 0002 of replication group orders was interrupted: the endpoint ended. It is not repeated.',
  ]);
  expect(group).toMatchObject({ status: 'modifying', failingOver: undefined });
});

test('An interrupted promotion is reported once, and not repeated', () => {
  const { events, group } = resumed({ promotingNode: 'orders-002' });
  expect(events).toEqual([
    'orders: The promotion of node orders-002 was interrupted: the endpoint ended. It is not repeated.',
  ]);
  expect(group).toMatchObject({ status: 'modifying', promotingNode: undefined });
});

test.each([
  { clusterMode: false, outcome: 'was undone: it is disabled' },
  { clusterMode: true, compatible: { formerParameterGroup: 'default.valkey8' }, outcome: 'is complete' },
])('An interrupted change of the cluster mode $outcome, as recorded', ({ outcome, ...recorded }) => {
  const pendingClusterMode = { mode: 'compatible', parameterGroup: 'default.valkey8.cluster.on' } as const;
  const { events, group } = resumed({ ...recorded, pendingClusterMode });
  expect(events).toEqual([`orders: The interrupted change of the cluster mode ${outcome}.`]);
  expect(group).toMatchObject({ status: 'modifying', pendingClusterMode: undefined });
});
