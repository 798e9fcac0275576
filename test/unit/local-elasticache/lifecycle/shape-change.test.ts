import { expect, test } from 'vitest';
import { beginShape, settleShape } from '../../../../src/local-elasticache/lifecycle/shape-change.js';
import type { GroupTopology } from '../../../../src/local-elasticache/nodes/interfaces.js';
import type { ReplicationGroupRecord } from '../../../../src/local-elasticache/state/records/replication-group.js';
import type { NodeRecord } from '../../../../src/local-elasticache/state/records/shard.js';
import { initialState } from '../../../../src/local-elasticache/state/region-state.js';

const slots = '0-16383';
const node = (id: string, port?: number): NodeRecord => ({
  ...{ id, availabilityZone: 'zone', createdAt: '2026-01-01T00:00:00Z' },
  ...(port === undefined ? {} : { port }),
});
const topologyOf = (...nodes: readonly [id: string, port: number][]): GroupTopology => ({
  shards: [
    {
      ...{ id: '0001', slots },
      nodes: nodes.map(([id, port]) => ({ id, port, host: '127.0.0.1', role: 'replica', health: 'available' })),
    },
  ],
});

function change(before: NodeRecord[], after: NodeRecord[], reached: GroupTopology) {
  const state = initialState('us-east-1');
  const group = {
    ...{ id: 'orders', parameterGroup: 'default.valkey8', targetShards: undefined },
    shards: [{ id: '0001', slots, nodes: before }],
  } as unknown as ReplicationGroupRecord;
  const events: string[] = [];
  const draft = {
    state,
    arn: (_kind: string, id: string) => id,
    record: (_type: string, id: string, message: string) => void events.push(`${id}: ${message}`),
  };
  beginShape(draft, group, [{ id: '0001', slots, nodes: after }]);
  settleShape(draft, group, reached);
  return { group, events };
}

test('The events of added and removed nodes are recorded together with the new shape', () => {
  const [first, second] = [node('a', 1), node('b', 2)];
  const { group, events } = change([first, second], [first, node('c')], topologyOf(['a', 1], ['c', 3]));
  expect(group.shards[0]!.nodes).toEqual([first, node('c', 3)]);
  expect(events).toEqual([
    'b: Removed cache node 0001 in availability zone zone',
    'b: Cache cluster deleted',
    'c: Added cache node 0001 in availability zone zone',
    'c: Updated to use a CacheParameterGroup default.valkey8',
    'c: Cache cluster created',
  ]);
});

test('A node that could not be added has no events', () => {
  const first = node('a', 1);
  const { group, events } = change([first], [first, node('b')], topologyOf(['a', 1]));
  expect(group.shards[0]!.nodes).toEqual([first]);
  expect(events).toEqual([]);
});
