import { ElastiCacheClient, type ElastiCacheClientConfig } from '@aws-sdk/client-elasticache';
import { domainErrorOfRead, domainErrorOfWrite } from './errors.js';
import type { WriteOperation } from './refusals.js';

export interface ElastiCacheOptions {
  /** Where ElastiCache is; AWS's own address, or the SDK's variables, where absent. */
  readonly endpoint?: string | undefined;
  /** The SDK finds region and credentials as everywhere (environment, profile, instance role) where absent. */
  readonly region?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** How the SDK is called: the one place where its errors become the domain's. */
export interface ElastiCacheCalls {
  /** Tried up to three times. Rejects with `Outage`, or `ExpectedFailure` for what is not there. */
  read<Output>(call: (client: ElastiCacheClient) => Promise<Output>): Promise<Output>;
  /** Tried once. What ElastiCache says of a refusal is passed on without the secrets that went in. */
  write<Output>(
    operation: WriteOperation,
    call: (client: ElastiCacheClient) => Promise<Output>,
    secrets?: readonly string[],
  ): Promise<Output>;
  close(): void;
}

export function createElastiCacheCalls(options: ElastiCacheOptions): ElastiCacheCalls {
  const reader = new ElastiCacheClient({ ...clientConfig(options), maxAttempts: 3, requestHandler: timeouts(5_000) });
  // A write on a kept connection that the other side has just closed would be lost with its outcome unknown.
  const writer = new ElastiCacheClient({
    ...clientConfig(options),
    maxAttempts: 1,
    requestHandler: { ...timeouts(15_000), httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  });
  return {
    read: (call) =>
      call(reader).catch((error: unknown) => {
        throw domainErrorOfRead(error);
      }),
    write: (operation, call, secrets = []) =>
      call(writer).catch((error: unknown) => {
        throw domainErrorOfWrite(error, operation, secrets);
      }),
    close() {
      reader.destroy();
      writer.destroy();
    },
  };
}

function clientConfig({ endpoint, region, credentials }: ElastiCacheOptions): ElastiCacheClientConfig {
  return { ...(endpoint && { endpoint }), ...(region && { region }), ...(credentials && { credentials }) };
}

/** The SDK waits for ever by default, and at `requestTimeout` alone only warns. */
function timeouts(requestTimeout: number) {
  return { connectionTimeout: 2_000, requestTimeout, throwOnRequestTimeout: true };
}
