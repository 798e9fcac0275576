import type { Config } from '../../config/config.js';
import type { ElastiCacheControlPlane } from '../../datasources/elasticache/control-plane.js';
import { checkBindAddress, warnAboutPlainHttp } from '../../app/bind-address-check.js';
import { readTextFile, readFailure } from '../../runtime/files/text-file.js';
import { StartupError } from '../../runtime/startup-error.js';
import { runUntilShutdown } from '../../app/shutdown-signals.js';
import { createLogger, type Logger } from '../../telemetry/log.js';
import { createMetrics, type Metrics } from '../../telemetry/metrics.js';
import { startApi } from '../../app/start-api.js';

/**
 * Runs the API alone until a shutdown signal. ElastiCache is found as by any AWS SDK: environment, profile or instance
 * role.
 */
export async function serve(config: Config): Promise<void> {
  checkBindAddress(config);
  const log = createLogger(config.logLevel ?? 'info');
  warnAboutPlainHttp(config, log);
  const metrics = createMetrics();
  if (config.metrics) metrics.addProcess();
  const start = async (started: AsyncDisposable[]): Promise<string> => {
    const ca = config.caFile === undefined ? undefined : await readCa(config.caFile);
    const api = await startApi({
      config,
      log,
      elastiCache: config.elasticache ? await openElastiCache(log, metrics) : null,
      ca: () => Promise.resolve(ca),
      graphiql: config.graphiql ?? false,
      metrics,
    });
    started.push(api);
    return `cachegraph is ready: ${api.url}\n`;
  };
  await runUntilShutdown(start, log, config.limits.drainTimeoutMs);
}

/** The SDK is loaded on demand, because loading it takes a tenth of the start time. */
async function openElastiCache(log: Logger, metrics: Metrics): Promise<ElastiCacheControlPlane> {
  const { createElastiCacheControlPlane } = await import('../../datasources/elasticache/control-plane.js');
  return createElastiCacheControlPlane({ log, metrics });
}

function readCa(path: string): Promise<string> {
  return readTextFile(path).catch((cause: unknown) => {
    throw new StartupError(`The certificate file ${path} (caFile) ${readFailure(cause)}.`, { cause });
  });
}
