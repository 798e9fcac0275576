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

  const unlessConfigured =
    <Request extends { readonly cluster: string }>(send: (request: Request) => Promise<void>) =>
    async (request: Request): Promise<void> => {
      refuseConfigured(request.cluster);
      await send(request);
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
    modifyCluster: unlessConfigured((modification) => controlPlane.modifyCluster(modification)),
    setReplicaCount: unlessConfigured((change) => controlPlane.setReplicaCount(change)),
    setShardCount: unlessConfigured((change) => controlPlane.setShardCount(change)),
    deleteCluster: unlessConfigured((request) => controlPlane.deleteCluster(request)),
    setAuthToken: unlessConfigured((change) => controlPlane.setAuthToken(change)),
    testFailover: unlessConfigured((request) => controlPlane.testFailover(request)),
    rebootNode: unlessConfigured((request) => controlPlane.rebootNode(request)),
    promoteReplica: unlessConfigured((request) => controlPlane.promoteReplica(request)),
  };
}
