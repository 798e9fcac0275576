import type { ConfiguredAccess } from '../config/config.js';
import type { ConfiguredCluster } from '../domain/cluster/configured-cluster.js';
import type { Logger } from '../telemetry/log.js';

type Mode = NonNullable<ConfiguredCluster['clusterMode']>;

/**
 * Remembers whether the configured deployments run in cluster mode, as their nodes report it. The nodes override the
 * configuration.
 */
export function createClusterModes(configured: readonly ConfiguredAccess[], log: Pick<Logger, 'warn'>) {
  const modes = new Map<string, Mode>();
  return {
    of: (name: string): Mode | undefined => modes.get(name.toLowerCase()),
    /** To be called when the nodes of a cluster are connected. */
    connected(this: void, clusterName: string, isClustered: boolean): void {
      const name = clusterName.toLowerCase();
      const found = isClustered ? 'ENABLED' : 'DISABLED';
      if (modes.get(name) === found) return;
      modes.set(name, found);
      const entry = configured.find((one) => one.endpoint && one.name.toLowerCase() === name);
      if (entry?.clusterMode === undefined || entry.clusterMode === found) return;
      log.warn(
        { cluster: name },
        `the configuration says clusterMode ${entry.clusterMode}, but the nodes of the cluster report ${found}, which is used: ` +
          `set clusterMode to ${found}, or remove it`,
      );
    },
  };
}
