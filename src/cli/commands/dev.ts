import type { Config } from '../../config/config.js';
import { createElastiCacheControlPlane } from '../../datasources/elasticache/control-plane.js';
import {
  isLoopbackAddress,
  checkBindAddress,
  elastiCacheHost,
  warnAboutPlainHttp,
} from '../../app/bind-address-check.js';
import { runUntilShutdown } from '../../app/shutdown-signals.js';
import { createLogger } from '../../telemetry/log.js';
import { createMetrics } from '../../telemetry/metrics.js';
import { startElastiCache } from '../../app/start-local-elasticache.js';

/**
 * The AWS SDK requires a region and credentials. The local endpoint checks no signature, and nothing here ever talks to
 * AWS.
 */
const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** Runs the API and a local ElastiCache in one process until a shutdown signal. */
export async function dev(config: Config): Promise<void> {
  checkBindAddress(config);
  const log = createLogger(config.logLevel ?? 'warn');
  warnAboutPlainHttp(config, log);
  const metrics = createMetrics();
  if (config.metrics) metrics.addProcess();
  const graphiql = config.graphiql ?? true;
  const start = async (started: AsyncDisposable[], stop: AbortSignal): Promise<string> => {
    const starting = startElastiCache({ ...config, host: elastiCacheHost(config) }, log, stop);
    // Loaded while Valkey is being found, which takes as long.
    const loading = import('../../app/start-api.js');
    const elastiCache = await starting;
    started.push(elastiCache);
    const { startApi } = await loading;
    stop.throwIfAborted();
    const controlPlane = createElastiCacheControlPlane({ ...local, endpoint: elastiCache.url, log, metrics });
    const api = await startApi({
      config,
      log,
      elastiCache: controlPlane,
      ca: elastiCache.ca,
      graphiql,
      metrics,
    });
    started.push(api);
    return greeting(api.url, elastiCache.url, { ...config, graphiql });
  };
  await runUntilShutdown(start, log, config.limits.drainTimeoutMs);
}

function greeting(api: string, elastiCache: string, config: Config): string {
  const { dataDir, graphiql } = config;
  return `
cachegraph is ready.

  ${graphiql ? 'GraphQL and GraphiQL' : 'GraphQL             '}   ${api}
  Local ElastiCache      ${elastiCache}
  Permissions            ${describeAccess(config)}
  State and data         ${dataDir} (\`npx cachegraph reset\` empties it)

Start with this; the cluster is real Valkey:

  mutation {
    createCluster(input: { name: "demo", replicasPerShard: 2, ifNotExists: true }) {
      cluster { name status }
      userErrors { code message }
    }
  }

Ctrl-C stops it.
`;
}

function describeAccess({ accessFile, host }: Config): string {
  if (accessFile !== undefined) return `callers authenticate; ${accessFile} says what each caller may do`;
  const everybody = isLoopbackAddress(host) ? 'everybody on this machine' : `EVERYBODY WHO CAN REACH ${host}`;
  return `${everybody} may do everything without authentication (--access FILE)`;
}
