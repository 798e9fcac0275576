import { clusterOfConfiguration, type ConfiguredCluster } from '../../../domain/cluster/configured-cluster.js';
import type { Cluster } from '../../../domain/cluster/cluster.js';
import { ExpectedFailure } from '../../../domain/errors.js';
import { noControlPlane } from '../no-control-plane.js';
import type { ControlPlane } from '../interfaces.js';

/**
 * The control plane together with the clusters that the configuration names, so that nobody else need know of the two
 * kinds. A configured name hides ElastiCache's cluster of the same name. Without a control plane there are only the
 * configured ones, and every write is refused as NOT_SUPPORTED.
 */
export function withConfiguredClusters(
  elastiCache: ControlPlane | null,
  configured: readonly ConfiguredCluster[],
  /** The cluster mode as the nodes reported it; undefined if they were not asked yet. */
  detectedMode: (name: string) => ConfiguredCluster['clusterMode'] = () => undefined,
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
    ...managed.filter(({ name }) => !isConfigured(name)),
  ];
  const refuseConfigured = (name: string): void => {
    if (!isConfigured(name)) return;
    const message = `Cluster ${name} stands in this server's configuration and is managed elsewhere.`;
    throw new ExpectedFailure('NOT_SUPPORTED', message, { path: ['input', 'cluster'] });
  };

  return {
    ...controlPlane,
    clusters: async () => together(await controlPlane.clusters()),
    onClusters: (listener) =>
      controlPlane.onClusters((look) => listener({ ...look, clusters: together(look.clusters) })),
    async createCluster(cluster) {
      if (isConfigured(cluster.name)) {
        const message = `A cluster named ${cluster.name} stands in this server's configuration.`;
        throw new ExpectedFailure('ALREADY_EXISTS', message, { path: ['input', 'name'] });
      }
      await controlPlane.createCluster(cluster);
    },
    async modifyCluster(modification) {
      refuseConfigured(modification.cluster);
      await controlPlane.modifyCluster(modification);
    },
    async deleteCluster(request) {
      refuseConfigured(request.cluster);
      await controlPlane.deleteCluster(request);
    },
    async testFailover(request) {
      refuseConfigured(request.cluster);
      await controlPlane.testFailover(request);
    },
  };
}
