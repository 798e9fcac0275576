import { expect, test } from 'vitest';
import { completeChanges } from '../../../../src/local-elasticache/lifecycle/resume.js';
import {
  initialState,
  type ReplicationGroupRecord,
  type ShardRecord,
} from '../../../../src/local-elasticache/state/model.js';

test('A requested failover that the end of the endpoint interrupted is reported once, and not repeated', () => {
  const state = initialState('us-east-1');
  const group = {
    id: 'orders',
    status: 'modifying',
    failingOver: '0002',
    shards: [] as ShardRecord[],
  } as ReplicationGroupRecord;
  state.replicationGroups.push(group);
  const events: string[] = [];
  const draft = {
    ...{ region: 'us-east-1', state, arn: (_kind: string, id: string) => id },
    record: (_type: string, id: string, message: string) => void events.push(`${id}: ${message}`),
  };
  completeChanges(draft);
  completeChanges(draft);
  expect(events).toEqual([
    'orders: The failover of node group 0002 of replication group orders was interrupted: the endpoint ended. It is not repeated.',
  ]);
  expect(group).toMatchObject({ status: 'modifying', failingOver: undefined });
});
