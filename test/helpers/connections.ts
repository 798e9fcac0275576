import { createValkeyConnections, type ValkeyConnectionsOptions } from '../../src/datasources/valkey/connections.js';
import type { ValkeyConnections } from '../../src/datasources/valkey/ports.js';
import type { Cluster } from '../../src/domain/cluster.js';
import { ExpectedFailure } from '../../src/domain/errors.js';
import { testLog } from './test-log.js';

/** Connections to one cluster, which the test may describe anew at any time. */
export function connectionsTo(
  describe: Cluster | (() => Cluster),
  options: Partial<ValkeyConnectionsOptions> = {},
): ValkeyConnections {
  return createValkeyConnections({
    directory: {
      find(name) {
        const cluster = typeof describe === 'function' ? describe() : describe;
        if (cluster.name === name) return Promise.resolve(cluster);
        return Promise.reject(new ExpectedFailure('NOT_FOUND', `There is no cluster ${name}.`));
      },
    },
    log: testLog(),
    ...options,
  });
}
