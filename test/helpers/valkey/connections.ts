import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { observeClusters } from '../../../src/datasources/elasticache/watch/observe-clusters.js';
import {
  createValkeyConnections,
  type ValkeyConnectionsOptions,
} from '../../../src/datasources/valkey/connections/connections.js';
import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import type { Cluster } from '../../../src/domain/cluster/cluster.js';
import { testLog } from '../run/test-log.js';

/** Connections to one cluster, whose description the test can change. */
export function connectionsTo(
  describe: Cluster | (() => Cluster),
  options: Partial<ValkeyConnectionsOptions> = {},
): ValkeyConnections {
  return createValkeyConnections({
    directory: createClusterDirectory({
      controlPlane: {
        ...observeClusters(
          () => Promise.resolve([typeof describe === 'function' ? describe() : describe]),
          () => 0,
        ),
        revision: () => 0,
      },
    }),
    log: testLog(),
    ...options,
  });
}
