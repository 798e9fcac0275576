import type { Config } from '../../config/config.js';
import { createElastiCacheControlPlane } from '../../datasources/elasticache/control-plane.js';
import { isLoopback, checkBindAddress, elastiCacheHost, warnAboutPlainHttp } from '../../app/bind-address-check.js';
import { runUntilShutdown } from '../../app/shutdown-signals.js';
import { createLogger } from '../../telemetry/log.js';
import { createMetrics } from '../../telemetry/metrics.js';
import { startElastiCache } from '../../app/start-local-elasticache.js';

/** What AWS's SDKs want to be told; the local endpoint asks for no signature, and nothing here ever talks to AWS. */
const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** The API and a local ElastiCache in one process, until told to stop. */
export async function dev(config: Config): Promise<void> {
  checkBindAddress(config);
  const log = createLogger(config.logLevel ?? 'warn');
  warnAboutPlainHttp(config, log);
  const metrics = createMetrics();
  if (config.metrics) metrics.addProcess();
  const graphiql = config.graphiql ?? true;
  const start = async (started: AsyncDisposable[], stop: AbortSignal): Promise<string> => {
    const starting = startElastiCache({ ...config, host: elastiCacheHost(config) }, log, stop);
    // Loaded while Valkey is looked for, which takes as long.
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
  Who may do what        ${whoMay(config)}
  State and data         ${dataDir} (\`npx cachegraph reset\` empties it)

Begin with this; the cluster is real Valkey:

  mutation {
    createCluster(input: { name: "demo", replicasPerShard: 2, ifNotExists: true }) {
      cluster { name status }
      userErrors { code message }
    }
  }

Ctrl-C ends it.
`;
}

function whoMay({ accessFile, host }: Config): string {
  if (accessFile !== undefined) return `callers authenticate; ${accessFile} says what each may do`;
  const everybody = isLoopback(host) ? 'everybody on this machine' : `EVERYBODY WHO CAN REACH ${host}`;
  return `${everybody} may do everything: nobody has to authenticate (--access FILE)`;
}
