import type { ElastiCache } from '@aws-sdk/client-elasticache';
import { describe, expect, it } from 'vitest';
import { smallCache } from '../../helpers/elasticache/cache-clusters.js';
import { createFakeFleet } from '../../helpers/elasticache/fake-fleet.js';
import { smallGroup, startElastiCache, type TestElastiCache } from '../../helpers/elasticache/local-elasticache.js';
import { eventually } from '../../helpers/run/eventually.js';

/** Which changing actions a replication group and a cache cluster accept in each status. All others are refused. */

type Status = 'creating' | 'modifying' | 'snapshotting' | 'deleting' | 'create-failed' | 'restore-failed' | 'rebooting';
type Call = (client: ElastiCache) => Promise<unknown>;

const statuses: readonly Status[] = [
  ...(['creating', 'modifying', 'snapshotting', 'deleting'] as const),
  ...(['create-failed', 'restore-failed', 'rebooting'] as const),
];

const ReplicationGroupId = 'orders';
const CacheClusterId = 'cache';
const arn = (kind: string, id: string) => `arn:aws:elasticache:us-east-1:000000000000:${kind}:${id}`;
const group = arn('replicationgroup', ReplicationGroupId);
const cache = arn('cluster', CacheClusterId);
const clusterFault = 'InvalidCacheClusterStateFault';
const groupFault = 'InvalidReplicationGroupStateFault';

interface Case {
  readonly call: Call;
  readonly fault: string;
  /** The statuses in which it is accepted besides `available`. */
  readonly allowed?: readonly Status[];
}

const modify = (change: object): Call => {
  return (client) => client.modifyReplicationGroup({ ReplicationGroupId, ApplyImmediately: true, ...change });
};
const failed = ['create-failed', 'restore-failed'] as const;

const groupCases: Readonly<Record<string, Case>> = {
  'ModifyReplicationGroup of the description': {
    call: modify({ ReplicationGroupDescription: 'x' }),
    fault: groupFault,
  },
  'ModifyReplicationGroup of the node type': { call: modify({ CacheNodeType: 'cache.m5.large' }), fault: groupFault },
  'ModifyReplicationGroup of the engine': { call: modify({ EngineVersion: '8.1' }), fault: groupFault },
  'ModifyReplicationGroup of the cluster mode': { call: modify({ ClusterMode: 'compatible' }), fault: groupFault },
  DeleteReplicationGroup: {
    call: (client) => client.deleteReplicationGroup({ ReplicationGroupId }),
    fault: groupFault,
    allowed: failed,
  },
  'DeleteReplicationGroup with a final snapshot': {
    call: (client) => client.deleteReplicationGroup({ ReplicationGroupId, FinalSnapshotIdentifier: 'last' }),
    fault: groupFault,
  },
  TestFailover: {
    call: (client) => client.testFailover({ ReplicationGroupId, NodeGroupId: '0001' }),
    fault: groupFault,
  },
  IncreaseReplicaCount: {
    call: (client) => client.increaseReplicaCount({ ReplicationGroupId, NewReplicaCount: 3, ApplyImmediately: true }),
    fault: groupFault,
  },
  DecreaseReplicaCount: {
    call: (client) => client.decreaseReplicaCount({ ReplicationGroupId, NewReplicaCount: 1, ApplyImmediately: true }),
    fault: groupFault,
  },
  'CreateSnapshot of the group': {
    call: (client) => client.createSnapshot({ ReplicationGroupId, SnapshotName: 'new' }),
    fault: groupFault,
  },
  'CreateSnapshot of a node': {
    call: (client) => client.createSnapshot({ CacheClusterId: 'orders-002', SnapshotName: 'new' }),
    fault: clusterFault,
  },
  'CreateCacheCluster of a replica': {
    call: (client) => client.createCacheCluster({ CacheClusterId: 'new', ReplicationGroupId }),
    fault: groupFault,
  },
  'DeleteCacheCluster of a replica': {
    call: (client) => client.deleteCacheCluster({ CacheClusterId: 'orders-003' }),
    fault: clusterFault,
  },
  RebootCacheCluster: {
    call: (client) => client.rebootCacheCluster({ CacheClusterId: 'orders-001', CacheNodeIdsToReboot: ['0001'] }),
    fault: clusterFault,
  },
  AddTagsToResource: {
    call: (client) => client.addTagsToResource({ ResourceName: group, Tags: [{ Key: 'new', Value: '' }] }),
    fault: groupFault,
  },
  RemoveTagsFromResource: {
    call: (client) => client.removeTagsFromResource({ ResourceName: group, TagKeys: ['team'] }),
    fault: groupFault,
  },
};

const cacheCases: Readonly<Record<string, Case>> = {
  'ModifyCacheCluster of the retention': {
    call: (client) => client.modifyCacheCluster({ CacheClusterId, SnapshotRetentionLimit: 3 }),
    fault: clusterFault,
  },
  'ModifyCacheCluster of the node type': {
    call: (client) => client.modifyCacheCluster({ CacheClusterId, CacheNodeType: 'cache.m5.large' }),
    fault: clusterFault,
  },
  DeleteCacheCluster: {
    call: (client) => client.deleteCacheCluster({ CacheClusterId }),
    fault: clusterFault,
    allowed: failed,
  },
  'DeleteCacheCluster with a final snapshot': {
    call: (client) => client.deleteCacheCluster({ CacheClusterId, FinalSnapshotIdentifier: 'last' }),
    fault: clusterFault,
  },
  CreateSnapshot: {
    call: (client) => client.createSnapshot({ CacheClusterId, SnapshotName: 'new' }),
    fault: clusterFault,
  },
  RebootCacheCluster: {
    call: (client) => client.rebootCacheCluster({ CacheClusterId, CacheNodeIdsToReboot: ['0001'] }),
    fault: clusterFault,
  },
  'CreateReplicationGroup around it': {
    call: (client) =>
      client.createReplicationGroup({
        ReplicationGroupId: 'new',
        ReplicationGroupDescription: 'new',
        PrimaryClusterId: CacheClusterId,
      }),
    fault: clusterFault,
  },
  AddTagsToResource: {
    call: (client) => client.addTagsToResource({ ResourceName: cache, Tags: [{ Key: 'new', Value: '' }] }),
    fault: 'CacheClusterNotFoundFault',
  },
  RemoveTagsFromResource: {
    call: (client) => client.removeTagsFromResource({ ResourceName: cache, TagKeys: ['team'] }),
    fault: 'CacheClusterNotFoundFault',
  },
};

/** Requests that do not fit the present shape and settings, which a change in progress may alter. */
const unfitGroupCalls: Readonly<Record<string, Pick<Case, 'call' | 'fault'>>> = {
  'IncreaseReplicaCount to fewer': {
    call: (client) => client.increaseReplicaCount({ ReplicationGroupId, NewReplicaCount: 1, ApplyImmediately: true }),
    fault: groupFault,
  },
  'DecreaseReplicaCount to more': {
    call: (client) => client.decreaseReplicaCount({ ReplicationGroupId, NewReplicaCount: 5, ApplyImmediately: true }),
    fault: groupFault,
  },
  'ModifyReplicationGroupShardConfiguration without cluster mode': {
    call: (client) =>
      client.modifyReplicationGroupShardConfiguration({
        ReplicationGroupId,
        NodeGroupCount: 2,
        ApplyImmediately: true,
      }),
    fault: groupFault,
  },
  'CreateCacheCluster of a replica of another type': {
    call: (client) =>
      client.createCacheCluster({ CacheClusterId: 'new', ReplicationGroupId, CacheNodeType: 'cache.r6g.large' }),
    fault: groupFault,
  },
  'ModifyReplicationGroup to an earlier version': { call: modify({ EngineVersion: '7.2' }), fault: groupFault },
  'ModifyReplicationGroup without a user group that it does not have': {
    call: modify({ UserGroupIdsToRemove: ['staff'] }),
    fault: groupFault,
  },
  'ModifyReplicationGroup by two steps of the cluster mode': {
    call: modify({ ClusterMode: 'enabled' }),
    fault: groupFault,
  },
};

const unfitCacheCalls: Readonly<Record<string, Pick<Case, 'call' | 'fault'>>> = {
  'ModifyCacheCluster to an earlier version': {
    call: (client) => client.modifyCacheCluster({ CacheClusterId, EngineVersion: '6.2' }),
    fault: clusterFault,
  },
  'CreateReplicationGroup around it with another type': {
    call: (client) =>
      client.createReplicationGroup({
        ReplicationGroupId: 'new',
        ReplicationGroupDescription: 'new',
        PrimaryClusterId: CacheClusterId,
        CacheNodeType: 'cache.r6g.large',
      }),
    fault: clusterFault,
  },
};

interface Kind {
  readonly create: Call;
  readonly snapshot: Call;
  readonly change: Call;
  readonly remove: Call;
  readonly reboot: Call;
  /** Deletes one cache cluster. */
  readonly removeNode: Call;
  readonly cases: Readonly<Record<string, Case>>;
  readonly unfitCalls: Readonly<Record<string, Pick<Case, 'call' | 'fault'>>>;
  /** The status as AWS reports it. */
  status(client: ElastiCache): Promise<string | undefined>;
}

const tagged = { Tags: [{ Key: 'team', Value: 'a' }] };
const kinds: Readonly<Record<string, Kind>> = {
  'a replication group': {
    create: (client) =>
      client.createReplicationGroup({
        ...smallGroup,
        ...tagged,
        NumCacheClusters: 3,
        AutomaticFailoverEnabled: true,
        EngineVersion: '8.0',
      }),
    snapshot: (client) => client.createSnapshot({ ReplicationGroupId, SnapshotName: 'first' }),
    change: modify({ CacheNodeType: 'cache.m5.large' }),
    remove: (client) => client.deleteReplicationGroup({ ReplicationGroupId }),
    reboot: (client) => client.rebootCacheCluster({ CacheClusterId: 'orders-001', CacheNodeIdsToReboot: ['0001'] }),
    removeNode: (client) => client.deleteCacheCluster({ CacheClusterId: 'orders-003' }),
    cases: groupCases,
    unfitCalls: unfitGroupCalls,
    async status(client) {
      const { ReplicationGroups: [one] = [] } = await client.describeReplicationGroups({});
      return one?.Status;
    },
  },
  'a cache cluster': {
    create: (client) => client.createCacheCluster({ ...smallCache, ...tagged }),
    snapshot: (client) => client.createSnapshot({ CacheClusterId, SnapshotName: 'first' }),
    change: (client) =>
      client.modifyCacheCluster({ CacheClusterId, CacheNodeType: 'cache.m5.large', ApplyImmediately: true }),
    remove: (client) => client.deleteCacheCluster({ CacheClusterId }),
    reboot: (client) => client.rebootCacheCluster({ CacheClusterId, CacheNodeIdsToReboot: ['0001'] }),
    removeNode: (client) => client.deleteCacheCluster({ CacheClusterId }),
    cases: cacheCases,
    unfitCalls: unfitCacheCalls,
    async status(client) {
      const { CacheClusters: [one] = [] } = await client.describeCacheClusters({});
      return one?.CacheClusterStatus;
    },
  },
};

/** Everything that the actions of the table could have changed. */
async function description({ client }: TestElastiCache): Promise<unknown> {
  return [
    (await client.describeReplicationGroups({})).ReplicationGroups,
    (await client.describeCacheClusters({})).CacheClusters,
    (await client.describeSnapshots({})).Snapshots,
    (await client.describeEvents({})).Events,
  ];
}

/** Runs `work` on an endpoint with one cluster, which keeps the status meanwhile. */
async function whileIn(kind: Kind, status: Status, work: (local: TestElastiCache) => Promise<void>): Promise<void> {
  const fleet = createFakeFleet();
  await using first = await startElastiCache(fleet);
  if (status === 'create-failed') fleet.failNextStart('No port is free.');
  const release = status === 'creating' ? fleet.hold() : () => undefined;
  await kind.create(first.client);
  if (status === 'creating') {
    await work(first);
    release();
    return;
  }
  await becomes(kind, first.client, status === 'create-failed' ? /failed$/ : /^available$/);
  if (status === 'create-failed') {
    await work(first);
    return;
  }
  if (status === 'restore-failed') {
    await first.stop();
    fleet.failNextStart('No port is free.');
    await using again = await startElastiCache(fleet, first.dataDir);
    await becomes(kind, again.client, /^restore-failed$/);
    await work(again);
    return;
  }
  const releaseWork = fleet.hold();
  const steps = { modifying: kind.change, snapshotting: kind.snapshot, deleting: kind.remove, rebooting: kind.reboot };
  await steps[status](first.client);
  try {
    await work(first);
  } finally {
    releaseWork();
  }
}

async function becomes(kind: Kind, client: ElastiCache, status: RegExp): Promise<void> {
  await eventually(async () => expect(await kind.status(client)).toMatch(status));
}

describe.each(Object.entries(kinds))('%s', (_title, kind) => {
  it.each(statuses)('that is %s refuses all changes but those that AWS allows', async (status) => {
    await whileIn(kind, status, async (local) => {
      const before = await description(local);
      for (const [title, { call, fault, allowed = [] }] of Object.entries(kind.cases)) {
        if (allowed.includes(status)) continue;
        const outcome = await call(local.client).then(
          () => 'accepted',
          (error: unknown) => (error as Error).name,
        );
        expect.soft(outcome, title).toBe(fault);
      }
      expect(await description(local)).toEqual(before);
    });
  });

  it('that is modifying refuses a change for its status before it compares it with its present shape', async () => {
    await whileIn(kind, 'modifying', async ({ client }) => {
      for (const [title, { call, fault }] of Object.entries(kind.unfitCalls)) {
        const outcome = await call(client).then(
          () => 'accepted',
          (error: unknown) => (error as Error).name,
        );
        expect.soft(outcome, title).toBe(fault);
      }
    });
  });

  it('that is snapshotting is not deleted, in words of AWS', async () => {
    await whileIn(kind, 'snapshotting', async ({ client }) => {
      await expect(kind.removeNode(client)).rejects.toThrow(
        /^Can only delete cache clusters with state in: available, .*, recovering. Cluster \S+ has state: snapshotting.$/,
      );
    });
  });

  const accepted = Object.entries(kind.cases).flatMap(([title, one]) =>
    (one.allowed ?? []).map((status) => [status, title, one.call] as const),
  );
  it.each(accepted)('that is %s accepts %s', async (status, _action, call) => {
    await whileIn(kind, status, async ({ client }) => {
      await call(client);
    });
  });

  it.each(Object.entries(kind.cases))('that is available accepts %s', async (_action, { call }) => {
    await using local = await startElastiCache(createFakeFleet());
    await kind.create(local.client);
    await becomes(kind, local.client, /^available$/);
    await call(local.client);
  });
});

it('a cache cluster that is rebooted is refused by the status that is described', async () => {
  const kind = kinds['a cache cluster'];
  if (!kind) throw new Error('The table has no cache cluster.');
  await whileIn(kind, 'rebooting', async ({ client }) => {
    const refusals = await Promise.all(
      [
        client.modifyCacheCluster({ CacheClusterId, SnapshotRetentionLimit: 3 }),
        client.createSnapshot({ CacheClusterId, SnapshotName: 'new' }),
        client.deleteCacheCluster({ CacheClusterId }),
      ].map((call) => call.then(String, (error: unknown) => (error as Error).message)),
    );
    expect(await kind.status(client)).toBe('rebooting cluster nodes');
    expect(refusals).toEqual([
      'Cache cluster cache has status rebooting cluster nodes which is not valid for modification.',
      'Cache cluster cache has status rebooting cluster nodes which is not valid for CreateSnapshot.',
      expect.stringMatching(/Cluster cache has state: rebooting cluster nodes\.$/),
    ]);
  });
});

it('a replica that is available in a group that is not is refused by the status of the group', async () => {
  const kind = kinds['a replication group'];
  if (!kind) throw new Error('The table has no replication group.');
  await whileIn(kind, 'rebooting', async ({ client }) => {
    await expect(client.createSnapshot({ CacheClusterId: 'orders-002', SnapshotName: 'new' })).rejects.toThrow(
      'Cache cluster orders-002 belongs to replication group orders, which has status modifying, which is not valid for CreateSnapshot.',
    );
    await expect(client.deleteCacheCluster({ CacheClusterId: 'orders-002' })).rejects.toThrow(
      /Replication group orders of cluster orders-002 has state: modifying\.$/,
    );
  });
});
