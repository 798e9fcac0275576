import {
  NodeGroupNotFoundFault$,
  TestFailoverNotAvailableFault$,
  type TestFailoverMessage,
  type TestFailoverResult,
} from '@aws-sdk/client-elasticache';
import type { Decoded } from '../../wire/decode.js';
import { fault } from '../../wire/fault.js';
import type { ChangeContext } from '../action-context.js';
import { requireStatus } from './group-state.js';
import { replicationGroupView } from './group-view.js';
import { findReplicationGroup } from '../shared/lookup.js';

/** Answers with status `modifying`. The group becomes `available` when a replica is primary and the old primary follows it. */
export function testFailover(
  { account, groups, afterStored }: ChangeContext,
  input: Decoded<TestFailoverMessage>,
): TestFailoverResult {
  const group = findReplicationGroup(account.state, input.ReplicationGroupId);
  const shard = group.shards.find(({ id }) => id === input.NodeGroupId.padStart(4, '0'));
  if (!shard) throw fault(NodeGroupNotFoundFault$, `Node group ${input.NodeGroupId.slice(0, 40)} not found.`);
  requireStatus(group, ['available'], 'TestFailover');
  if (!group.automaticFailover || shard.nodes.length < 2) {
    const message = 'TestFailover requires automatic failover enabled and at least one replica in the node group.';
    throw fault(TestFailoverNotAvailableFault$, message);
  }

  group.status = 'modifying';
  group.failingOver = shard.id;
  account.record('replication-group', group.id, `Test Failover API called for node group ${shard.id}`);
  const answer = replicationGroupView(account, group, groups.topology(group.id));
  afterStored(() => groups.modify(group.id, (running) => running.failover(shard.id)));
  return { ReplicationGroup: answer };
}
