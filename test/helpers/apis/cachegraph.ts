import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApi } from '../../../src/app/start-api.js';
import { startElastiCache } from '../../../src/app/start-local-elasticache.js';
import { loadConfig, type Flags } from '../../../src/config/load-config.js';
import { createElastiCacheControlPlane } from '../../../src/datasources/elasticache/control-plane.js';
import type { Logger } from '../../../src/telemetry/log.js';
import { testLog } from '../run/test-log.js';
import { keepState } from '../run/written.js';

/** All of cachegraph as `cachegraph dev` starts it, on free ports with a temporary data directory. */
export interface TestCachegraph extends AsyncDisposable {
  /** The URL of the GraphQL endpoint. */
  readonly url: string;
  readonly elastiCacheUrl: string;
  /** PEM of the authority that signed the nodes' certificates. */
  ca(): Promise<string>;
}

export async function startCachegraph(flags: Flags = {}, log: Logger = testLog()): Promise<TestCachegraph> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cachegraph-test-'));
  const config = await loadConfig({ port: '0', elasticachePort: '0', dataDir, logLevel: 'error', ...flags }, {});
  const elastiCache = await startElastiCache(config, log, new AbortController().signal);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const controlPlane = createElastiCacheControlPlane({ endpoint: elastiCache.url, region: 'us-east-1', credentials });
  const api = await startApi({ config, log, elastiCache: controlPlane, ca: elastiCache.ca, graphiql: true });
  return {
    url: api.url,
    elastiCacheUrl: elastiCache.url,
    ca: elastiCache.ca,
    async [Symbol.asyncDispose]() {
      await api.close();
      await elastiCache[Symbol.asyncDispose]();
      keepState(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
