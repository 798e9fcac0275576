import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createClusterWatch } from '../../../src/datasources/elasticache/watch/cluster-watch.js';
import { createEventWatch } from '../../../src/datasources/elasticache/watch/event-watch.js';
import { createKeyExports } from '../../../src/datasources/exports/key-exports.js';
import { createKeyJobs } from '../../../src/datasources/jobs/key-jobs.js';
import { createRealtime } from '../../../src/datasources/realtime/realtime.js';
import { createValkeyConnections } from '../../../src/datasources/valkey/connections/connections.js';
import type { ClusterDirectory } from '../../../src/datasources/valkey/interfaces.js';
import type { ClusterStatus } from '../../../src/domain/cluster/cluster.js';
import { schema } from '../../../src/schema/schema.js';
import { startApiServer, type ApiServer } from '../../../src/server/server.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { describeServer } from '../valkey/described-cluster.js';
import { createFakeControlPlane, type FakeControlPlane } from '../elasticache/fake-control-plane.js';
import { startValkey, type TestValkey } from '../valkey/valkey.js';
import { testLog } from '../run/test-log.js';

/** The real schema and server on a real Valkey, whose cluster `orders` is CREATING until the test changes it. */
export interface WaitingApi extends ApiServer {
  readonly valkey: TestValkey;
  readonly controlPlane: FakeControlPlane;
  /** Sets ElastiCache's answer about `orders` from now on; undefined means deleted. */
  becomes(status: ClusterStatus | undefined): void;
  /** The number of operations that wait for a cluster. */
  waiting(): number;
}

export async function startWaitingApi(limits: Partial<ServerLimits> = {}): Promise<WaitingApi> {
  const log = testLog();
  const valkey = await startValkey();
  const available = { ...describeServer(valkey), createdAt: new Date('2026-01-01T00:00:00Z') };
  const controlPlane = createFakeControlPlane({
    clusters: [{ ...available, status: 'CREATING', primaryEndpoint: null, shards: null }],
  });
  const clusterDirectory = createClusterDirectory({ controlPlane });
  let waiting = 0;
  const counting: ClusterDirectory = {
    ...clusterDirectory,
    async whenUsable(cluster, signal) {
      waiting += 1;
      return clusterDirectory.whenUsable(cluster, signal).finally(() => (waiting -= 1));
    },
  };
  const connections = createValkeyConnections({ directory: counting, log });
  const clusterWatch = createClusterWatch({ controlPlane, connections, log });
  const eventWatch = createEventWatch({ controlPlane, log });
  const realtime = createRealtime({ connections, log });
  const jobs = createKeyJobs({ connections, log, isOwn: realtime.isOwn });
  const exports = createKeyExports({ connections, isOwn: realtime.isOwn });
  const server = await startApiServer({
    schema,
    services: { controlPlane, clusterDirectory, clusterWatch, eventWatch, connections, realtime, jobs, exports },
    log,
    host: '127.0.0.1',
    port: 0,
    limits,
  });
  const close = async (): Promise<void> => {
    await server.close();
    await jobs.close();
    await realtime.close();
    await clusterWatch.close();
    await eventWatch.close();
    await connections.close();
    await valkey[Symbol.asyncDispose]();
  };
  let closing: Promise<void> | undefined;
  return {
    ...server,
    valkey,
    controlPlane,
    waiting: () => waiting,
    becomes(status) {
      controlPlane.state.clusters = status === undefined ? [] : [{ ...available, status }];
    },
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}
