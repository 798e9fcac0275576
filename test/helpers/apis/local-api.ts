import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClusterDirectory } from '../../../src/datasources/elasticache/watch/cluster-directory.js';
import { createValkeyConnections } from '../../../src/datasources/valkey/connections/connections.js';
import type { ValkeyConnections } from '../../../src/datasources/valkey/interfaces.js';
import { startLocalElastiCache } from '../../../src/local-elasticache/server.js';
import { createControlPlaneApi, type ControlPlaneApi } from './control-plane-api.js';
import { startFleet } from '../elasticache/fleet.js';
import { pointedAt } from '../elasticache/scripted-elasticache.js';
import { testLog } from '../run/test-log.js';
import { keepState } from '../run/written.js';

/** The schema on the real SDK, the local endpoint and real Valkey nodes, without a server. */
export async function startLocalApi(): Promise<ControlPlaneApi<ValkeyConnections> & { readonly url: string }> {
  const log = testLog();
  const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-local-api-'));
  const fleet = await startFleet();
  const endpoint = await startLocalElastiCache({ host: '127.0.0.1', port: 0, dataDir, log, fleet });
  const controlPlane = pointedAt(endpoint.url);
  const connections = createValkeyConnections({
    directory: createClusterDirectory({ controlPlane }),
    log,
    ca: async () => (await fetch(`${endpoint.url}/ca.pem`)).text(),
  });
  const api = createControlPlaneApi(controlPlane, connections);
  return {
    ...api,
    url: endpoint.url,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await connections.close();
      controlPlane.close();
      await endpoint.close();
      await fleet[Symbol.asyncDispose]();
      keepState(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
