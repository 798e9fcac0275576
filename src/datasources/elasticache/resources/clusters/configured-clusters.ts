import { clusterOfConfiguration, type ConfiguredCluster } from '../../../../domain/cluster/configured-cluster.js';
import type { Cluster } from '../../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../../domain/errors.js';
import { noControlPlane } from '../../no-control-plane.js';
import type { ControlPlane } from '../../interfaces.js';

/**
 * The control plane together with the clusters of the configuration, so that callers need not distinguish the two kinds. A configured
 * cluster hides ElastiCache's cluster of the same name. Without a control plane, only configured clusters exist, and every write
 * fails with NOT_SUPPORTED.
 */
export function withConfiguredClusters(
  elastiCache: ControlPlane | null,
  configured: readonly ConfiguredCluster[],
  /** The cluster mode that the nodes reported; undefined until they have reported it. */
  detectedMode: (name: string) => ConfiguredCluster['clusterMode'] = () => undefined,
  /** The database that the configuration sets for a cluster of ElastiCache, which knows none. */
  managedDatabase: (name: string) => number | undefined = () => undefined,
): ControlPlane {
  const controlPlane = elastiCache ?? noControlPlane();
  const clusters = (): readonly Cluster[] =>
    configured.map((cluster) =>
      clusterOfConfiguration({ ...cluster, clusterMode: detectedMode(cluster.name) ?? cluster.clusterMode }),
    );
  const isConfigured = (name: string): boolean =>
    configured.some((cluster) => cluster.name.toLowerCase() === name.toLowerCase());
  const together = (managed: readonly Cluster[]): readonly Cluster[] => [
    ...clusters(),
    ...managed
      .filter(({ name }) => !isConfigured(name))
      .map((cluster) => ({ ...cluster, database: managedDatabase(cluster.name) ?? cluster.database })),
  ];
  const refuseConfigured = (name: string): void => {
    if (!isConfigured(name)) return;
    const message = `Cluster ${name} is defined in this server's configuration and cannot be managed here.`;
    throw new ExpectedFailure('NOT_SUPPORTED', message, { path: ['input', 'cluster'] });
  };

  return {
    ...controlPlane,
    clusters: async () => together(await controlPlane.clusters()),
    onClusters: (listener) =>
      controlPlane.onClusters((snapshot) => listener({ ...snapshot, clusters: together(snapshot.clusters) })),
    async createCluster(cluster) {
      if (isConfigured(cluster.name)) {
        const message = `A cluster named ${cluster.name} already exists in this server's configuration.`;
        throw new ExpectedFailure('ALREADY_EXISTS', message, { path: ['input', 'name'] });
      }
      await controlPlane.createCluster(cluster);
    },
    async modifyCluster(modification) {
      refuseConfigured(modification.cluster);
      await controlPlane.modifyCluster(modification);
    },
    async setReplicaCount(change) {
      refuseConfigured(change.cluster);
      await controlPlane.setReplicaCount(change);
    },
    async setShardCount(change) {
      refuseConfigured(change.cluster);
      await controlPlane.setShardCount(change);
    },
    async deleteCluster(request) {
      refuseConfigured(request.cluster);
      await controlPlane.deleteCluster(request);
    },
    async setAuthToken(change) {
      refuseConfigured(change.cluster);
      await controlPlane.setAuthToken(change);
    },
    async testFailover(request) {
      refuseConfigured(request.cluster);
      await controlPlane.testFailover(request);
    },
    async rebootNode(request) {
      refuseConfigured(request.cluster);
      await controlPlane.rebootNode(request);
    },
    async promoteReplica(request) {
      refuseConfigured(request.cluster);
      await controlPlane.promoteReplica(request);
    },
  };
}
