import type { Config } from '../../config/config.js';
import { checkBindAddress } from '../../app/bind-address-check.js';
import { runUntilShutdown } from '../../app/shutdown-signals.js';
import { createLogger } from '../../telemetry/log.js';
import { startElastiCache } from '../../app/start-local-elasticache.js';

/** Runs the local ElastiCache endpoint alone until a shutdown signal. */
export async function elasticache(config: Config): Promise<void> {
  // An access file concerns the API only: this endpoint never authenticates its callers.
  checkBindAddress({ ...config, accessFile: undefined });
  const log = createLogger(config.logLevel ?? 'warn');
  const start = async (started: AsyncDisposable[], stop: AbortSignal): Promise<string> => {
    const endpoint = await startElastiCache(config, log, stop);
    started.push(endpoint);
    return greeting(endpoint.url);
  };
  await runUntilShutdown(start, log);
}

function greeting(url: string): string {
  return `
Local ElastiCache: ${url}

  export AWS_ENDPOINT_URL_ELASTICACHE=${url} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  aws elasticache create-replication-group --replication-group-id demo --replication-group-description demo --engine valkey --cache-node-type cache.t3.small --num-cache-clusters 3

The nodes' certificate authority: ${url}/ca.pem
Ctrl-C stops it.
`;
}
