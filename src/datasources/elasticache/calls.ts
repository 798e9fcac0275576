import { ElastiCacheClient, type ElastiCacheClientConfig } from '@aws-sdk/client-elasticache';
import { Outage } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/log.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { createCallSpans } from '../../telemetry/tracing/call-spans.js';
import { domainErrorOfRead, domainErrorOfWrite } from './errors.js';
import type { WriteOperation } from './refusals.js';

export interface ElastiCacheOptions {
  /** Where ElastiCache is; AWS's own address, or the SDK's variables, where absent. */
  readonly endpoint?: string | undefined;
  /** The SDK finds region and credentials as everywhere (environment, profile, instance role) where absent. */
  readonly region?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Told when ElastiCache begins to fail, and in which other way, but not of every call. */
  readonly log?: Pick<Logger, 'warn'> | undefined;
  readonly metrics?: Pick<Metrics, 'elastiCacheCalled'> | undefined;
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
  for (const client of [reader, writer]) observeCalls(client, options.metrics);
  const logged = logOutages(options.log);
  return {
    read: (call) => logged(call(reader), domainErrorOfRead),
    write: (operation, call, secrets = []) =>
      logged(call(writer), (error) => domainErrorOfWrite(error, operation, secrets)),
    close() {
      reader.destroy();
      writer.destroy();
    },
  };
}

/** Counts and traces what the SDK is asked for, by the operation's name, with all of its retries as one. */
function observeCalls(client: ElastiCacheClient, metrics: ElastiCacheOptions['metrics']): void {
  const inSpan = createCallSpans();
  client.middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      async (args) => {
        const call = commandName.replace(/Command$/, '');
        const calledAt = performance.now();
        const told = (outcome: string): void =>
          metrics?.elastiCacheCalled(call, outcome, (performance.now() - calledAt) / 1000);
        try {
          const output = await inSpan(call, () => next(args));
          told('ok');
          return output;
        } catch (error) {
          told(error instanceof Error ? error.name : 'unknown');
          throw error;
        }
      },
    { step: 'initialize', name: 'cachegraphObserves' },
  );
}

/** Turns a call's errors into the domain's and logs an outage where the call before was not the same one. */
function logOutages(log: ElastiCacheOptions['log']) {
  let last: string | undefined;
  return async <Output>(call: Promise<Output>, domainErrorOf: (error: unknown) => Error): Promise<Output> => {
    try {
      const output = await call;
      last = undefined;
      return output;
    } catch (cause) {
      const error = domainErrorOf(cause);
      if (error instanceof Outage && error.message !== last) {
        last = error.message;
        const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : undefined;
        log?.warn({ code: error.code, reason }, error.message);
      }
      throw error;
    }
  };
}

function clientConfig({ endpoint, region, credentials }: ElastiCacheOptions): ElastiCacheClientConfig {
  return { ...(endpoint && { endpoint }), ...(region && { region }), ...(credentials && { credentials }) };
}

/** The SDK waits for ever by default, and at `requestTimeout` alone only warns. */
function timeouts(requestTimeout: number) {
  return { connectionTimeout: 2_000, requestTimeout, throwOnRequestTimeout: true };
}
