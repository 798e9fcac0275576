import assert from 'node:assert/strict';
import type { ReplicationGroup } from '@aws-sdk/client-elasticache';
import type { Aftermath, OperationFactory } from './operation.js';

const find = ({ view }: Pick<Aftermath, 'view'>, id: string): ReplicationGroup =>
  view.groups.find(({ ReplicationGroupId }) => ReplicationGroupId === id)!;
const membersOf = ({ MemberClusters = [] }: ReplicationGroup): string[] => [...MemberClusters];

/** Each node that was added or removed has its event. */
function requireNodeEvents(after: Aftermath, before: ReplicationGroup, now: ReplicationGroup): void {
  const [old, current] = [membersOf(before), membersOf(now)];
  const events = after.view.events;
  const has = (id: string, message: string): boolean =>
    events.some(({ SourceIdentifier, Message = '' }) => SourceIdentifier === id && Message.startsWith(message));
  for (const id of current.filter((one) => !old.includes(one))) {
    assert.ok(has(id, 'Cache cluster created'), `no event that ${id} was created`);
  }
  for (const id of old.filter((one) => !current.includes(one))) {
    assert.ok(has(id, 'Cache cluster deleted'), `no event that ${id} was deleted`);
  }
}

const replicas: OperationFactory = ({ random, before }) => {
  const group = random.pick(before.groups);
  const { ReplicationGroupId: id = '', NodeGroups = [], ClusterEnabled } = group;
  const now = NodeGroups[0]!.NodeGroupMembers!.length - 1;
  const [least, most] = ClusterEnabled ? [0, 1] : [1, 3];
  const wanted = least + random.integer(most - least + 1);
  if (wanted === now || id.startsWith('restored')) return undefined;
  const input = { ReplicationGroupId: id, NewReplicaCount: wanted, ApplyImmediately: true };
  return {
    name: `change the replicas of ${id} from ${now} to ${wanted}`,
    spanMs: 700,
    send: (client) => (wanted > now ? client.increaseReplicaCount(input) : client.decreaseReplicaCount(input)),
    check(after, isAcknowledged) {
      const found = find(after, id);
      const counts = new Set(found.NodeGroups!.map(({ NodeGroupMembers = [] }) => NodeGroupMembers.length - 1));
      assert.equal(counts.size, 1, 'shards have different numbers of replicas');
      assert.ok(counts.has(wanted) || (counts.has(now) && !isAcknowledged), `replicas: ${[...counts].join()}`);
      requireNodeEvents(after, group, found);
    },
  };
};

const shards: OperationFactory = ({ random, before }) => {
  const group = find({ view: before }, 'sharded');
  const now = group.NodeGroups!.map(({ NodeGroupId }) => NodeGroupId!);
  const wanted = random.pick([1, 2, 3].filter((count) => Math.abs(count - now.length) === 1));
  const surplus = now.toSorted(() => random.next() - 0.5).slice(0, Math.max(0, now.length - wanted));
  return {
    name: `change the shards of sharded from ${now.join()} to ${wanted}${surplus.length > 0 ? ` without ${surplus.join()}` : ''}`,
    spanMs: 2_500,
    send: (client) =>
      client.modifyReplicationGroupShardConfiguration({
        ReplicationGroupId: 'sharded',
        NodeGroupCount: wanted,
        ApplyImmediately: true,
        ...(surplus.length > 0 ? { NodeGroupsToRemove: surplus } : {}),
      }),
    check(after, isAcknowledged) {
      const found = find(after, 'sharded');
      const count = found.NodeGroups!.length;
      assert.ok(count === wanted || (count === now.length && !isAcknowledged), `shards: ${count}`);
      requireNodeEvents(after, group, found);
    },
  };
};

const failover: OperationFactory = ({ random, before }) => {
  const able = before.groups.filter(
    ({ AutomaticFailover, NodeGroups = [] }) =>
      AutomaticFailover === 'enabled' && NodeGroups.every(({ NodeGroupMembers = [] }) => NodeGroupMembers.length > 1),
  );
  if (able.length === 0) return undefined;
  const id = random.pick(able).ReplicationGroupId!;
  const shard = random.pick(able.find(({ ReplicationGroupId }) => ReplicationGroupId === id)!.NodeGroups!).NodeGroupId!;
  return {
    name: `fail over shard ${shard} of ${id}`,
    spanMs: 300,
    send: (client) => client.testFailover({ ReplicationGroupId: id, NodeGroupId: shard }),
    check({ hasEvent }, isAcknowledged) {
      if (!isAcknowledged) return;
      assert.ok(
        hasEvent(/^Failover from primary node \S+ to replica node \S+ completed$/) ||
          hasEvent(/failover .* interrupted/i),
        'no event about the failover',
      );
    },
  };
};

/** Replaces the nodes one by one. A shard without a replica has a temporary one meanwhile. */
const nodeType: OperationFactory = ({ random, before }) => {
  const group = random.pick(before.groups);
  const id = group.ReplicationGroupId!;
  const wanted = random.pick(['cache.t3.small', 'cache.t3.medium'].filter((type) => type !== group.CacheNodeType));
  return {
    name: `change the nodes of ${id} to ${wanted}`,
    spanMs: 1_500,
    send: (client) =>
      client.modifyReplicationGroup({ ReplicationGroupId: id, CacheNodeType: wanted, ApplyImmediately: true }),
    check(after, isAcknowledged) {
      const found = find(after, id);
      assert.deepEqual(membersOf(found), membersOf(group), 'other nodes than before');
      assert.ok(found.CacheNodeType === wanted || !isAcknowledged, `nodes have type ${found.CacheNodeType}`);
    },
  };
};

const reboot: OperationFactory = ({ random, before }) => {
  // As on AWS, not with cluster mode.
  const able = before.groups.flatMap(({ ClusterEnabled, MemberClusters = [] }) =>
    ClusterEnabled ? [] : MemberClusters,
  );
  const CacheClusterId = random.pick(able);
  return {
    name: `reboot ${CacheClusterId}`,
    spanMs: 400,
    send: (client) => client.rebootCacheCluster({ CacheClusterId, CacheNodeIdsToReboot: ['0001'] }),
    check(after) {
      assert.ok(after.view.nodes.some((node) => node.CacheClusterId === CacheClusterId));
    },
  };
};

export const scalingOperations: readonly OperationFactory[] = [
  ...[replicas, replicas, shards, shards, failover],
  ...[nodeType, reboot],
];
