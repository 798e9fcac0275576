import {
  CreateReplicationGroupCommand,
  DecreaseReplicaCountCommand,
  DeleteCacheClusterCommand,
  DeleteReplicationGroupCommand,
  DescribeCacheClustersCommand,
  DescribeEventsCommand,
  DescribeReplicationGroupsCommand,
  IncreaseReplicaCountCommand,
  ModifyCacheClusterCommand,
  ModifyReplicationGroupCommand,
  ModifyReplicationGroupShardConfigurationCommand,
  RebootCacheClusterCommand,
  TestFailoverCommand,
} from '@aws-sdk/client-elasticache';
import type { ElastiCacheCalls } from '../../calls.js';
import {
  authTokenRequest,
  createRequest,
  modifyRequest,
  replicaCountRequest,
  shardCountRequest,
} from './cluster-requests.js';
import { modifyCacheClusterRequest } from './cache-cluster-requests.js';
import { clusterOfCacheCluster, isStandalone } from './cache-cluster-shape.js';
import { clusterOf } from './cluster-shape.js';
import { allPages } from '../pages.js';
import type { ClusterEvent, ControlPlane } from '../../interfaces.js';

/** The control plane's methods for clusters, which ElastiCache calls replication groups, and cache clusters if they are in none. */
export function createClusters(
  calls: ElastiCacheCalls,
): Pick<
  ControlPlane,
  | 'clusters'
  | 'clusterEvents'
  | 'createCluster'
  | 'modifyCluster'
  | 'setAuthToken'
  | 'setReplicaCount'
  | 'setShardCount'
  | 'deleteCluster'
  | 'testFailover'
  | 'rebootNode'
  | 'promoteReplica'
> {
  const groups = () =>
    allPages(async (Marker) => {
      const page = await calls.read((client) => client.send(new DescribeReplicationGroupsCommand({ Marker })));
      return { items: page.ReplicationGroups, marker: page.Marker };
    });
  const cacheClusters = () =>
    allPages(async (Marker) => {
      const command = new DescribeCacheClustersCommand({ Marker, ShowCacheNodeInfo: true });
      const page = await calls.read((client) => client.send(command));
      return { items: page.CacheClusters, marker: page.Marker };
    });

  return {
    async clusters() {
      const [existing, nodes] = await Promise.all([groups(), cacheClusters()]);
      const names = new Set(existing.map(({ ReplicationGroupId }) => ReplicationGroupId));
      return [
        ...existing.map((group) =>
          clusterOf(
            group,
            nodes.filter(({ ReplicationGroupId }) => ReplicationGroupId === group.ReplicationGroupId),
          ),
        ),
        // ElastiCache allows a replication group the ID of a cache cluster, which it then hides.
        ...nodes
          .filter((node) => isStandalone(node) && !names.has(node.CacheClusterId))
          .map((node) => clusterOfCacheCluster(node)),
      ];
    },
    async clusterEvents({ clusters, areCacheClusters, since }) {
      // Events of several clusters need one request without a name, because AWS accepts at most one name.
      const [only] = clusters.length === 1 ? clusters : [];
      const events = await allPages(async (Marker) => {
        const kind = areCacheClusters ? 'cache-cluster' : 'replication-group';
        const source = { SourceType: kind, SourceIdentifier: only, StartTime: since } as const;
        const page = await calls.read((client) => client.send(new DescribeEventsCommand({ ...source, Marker })));
        return { items: page.Events, marker: page.Marker };
      });
      const requested = new Set(clusters);
      return events
        .map(({ SourceIdentifier, Message, Date: at }) => ({
          cluster: SourceIdentifier ?? only ?? '',
          message: Message ?? '',
          at: at ?? null,
        }))
        .filter(({ cluster }) => requested.has(cluster))
        .toSorted(byTime);
    },
    async createCluster(cluster) {
      const command = new CreateReplicationGroupCommand(createRequest(cluster));
      await calls.write(
        'createCluster',
        (client) => client.send(command),
        cluster.authToken ? [cluster.authToken] : [],
      );
    },
    async modifyCluster(modification) {
      await calls.write('modifyCluster', (client) =>
        modification.isCacheCluster
          ? client.send(new ModifyCacheClusterCommand(modifyCacheClusterRequest(modification)))
          : client.send(new ModifyReplicationGroupCommand(modifyRequest(modification))),
      );
    },
    async setAuthToken(change) {
      const command = new ModifyReplicationGroupCommand(authTokenRequest(change));
      await calls.write('setAuthToken', (client) => client.send(command), change.token ? [change.token] : []);
    },
    async setReplicaCount(change) {
      const request = replicaCountRequest(change);
      await calls.write('setReplicaCount', (client) =>
        change.direction === 'INCREASE'
          ? client.send(new IncreaseReplicaCountCommand(request))
          : client.send(new DecreaseReplicaCountCommand(request)),
      );
    },
    async setShardCount(change) {
      const command = new ModifyReplicationGroupShardConfigurationCommand(shardCountRequest(change));
      await calls.write('setShardCount', (client) => client.send(command));
    },
    async deleteCluster({ cluster, isCacheCluster, finalSnapshot }) {
      const last = { FinalSnapshotIdentifier: finalSnapshot };
      await calls.write('deleteCluster', (client) =>
        isCacheCluster
          ? client.send(new DeleteCacheClusterCommand({ CacheClusterId: cluster, ...last }))
          : client.send(new DeleteReplicationGroupCommand({ ReplicationGroupId: cluster, ...last })),
      );
    },
    async testFailover({ cluster, shard }) {
      const command = new TestFailoverCommand({ ReplicationGroupId: cluster, NodeGroupId: shard });
      await calls.write('testFailover', (client) => client.send(command));
    },
    async rebootNode({ node }) {
      // A cache cluster of Valkey or Redis has one node, 0001.
      const command = new RebootCacheClusterCommand({ CacheClusterId: node, CacheNodeIdsToReboot: ['0001'] });
      await calls.write('rebootNode', (client) => client.send(command));
    },
    async promoteReplica({ cluster, node }) {
      const command = new ModifyReplicationGroupCommand({
        ReplicationGroupId: cluster,
        PrimaryClusterId: node,
        ApplyImmediately: true,
      });
      await calls.write('promoteReplica', (client) => client.send(command));
    },
  };
}

function byTime(one: ClusterEvent, other: ClusterEvent): number {
  return (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0);
}
