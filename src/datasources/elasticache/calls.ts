import { ElastiCacheClient, type ElastiCacheClientConfig } from '@aws-sdk/client-elasticache';
import { Outage } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/log.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { createCallSpans } from '../../telemetry/tracing/call-spans.js';
import { domainErrorOfRead, domainErrorOfWrite } from './errors.js';
import type { WriteOperation } from './refusals.js';

export interface ElastiCacheOptions {
  /** ElastiCache's endpoint. Without it, the SDK uses its own variables or AWS's endpoint. */
  readonly endpoint?: string | undefined;
  /** Without region or credentials, the SDK finds them as usual (environment, profile, instance role). */
  readonly region?: string | undefined;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /** Logs when ElastiCache starts to fail, and when the failure changes, but not every failed call. */
  readonly log?: Pick<Logger, 'warn'> | undefined;
  readonly metrics?: Pick<Metrics, 'elastiCacheCalled'> | undefined;
}

/** Calls the SDK, and converts its errors to domain errors. */
export interface ElastiCacheCalls {
  /** Tries up to three times. Rejects with `Outage`, or with `ExpectedFailure` if the resource does not exist. */
  read<Output>(call: (client: ElastiCacheClient) => Promise<Output>): Promise<Output>;
  /** Tries once. A refusal has ElastiCache's message without `secrets`. */
  write<Output>(
    operation: WriteOperation,
    call: (client: ElastiCacheClient) => Promise<Output>,
    secrets?: readonly string[],
  ): Promise<Output>;
  close(): void;
}

export function createElastiCacheCalls(options: ElastiCacheOptions): ElastiCacheCalls {
  const reader = new ElastiCacheClient({ ...clientConfig(options), maxAttempts: 3, requestHandler: timeouts(5_000) });
  // A write on a reused connection that the server has just closed would fail with an unknown outcome.
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

/** Counts and traces the SDK's calls by the name of the action. All retries count as one call. */
function observeCalls(client: ElastiCacheClient, metrics: ElastiCacheOptions['metrics']): void {
  const inSpan = createCallSpans();
  client.middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      async (args) => {
        const call = commandName.replace(/Command$/, '');
        const calledAt = performance.now();
        const report = (outcome: string): void =>
          metrics?.elastiCacheCalled(call, outcome, (performance.now() - calledAt) / 1000);
        try {
          const output = await inSpan(call, () => next(args));
          report('ok');
          return output;
        } catch (error) {
          report(error instanceof Error ? error.name : 'unknown');
          throw error;
        }
      },
    { step: 'initialize', name: 'cachegraphObserves' },
  );
}

/** Converts a call's errors to domain errors, and logs an outage unless the previous call failed with the same one. */
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

/** By default the SDK waits forever. With `requestTimeout` alone, it only prints a warning. */
function timeouts(requestTimeout: number) {
  return { connectionTimeout: 2_000, requestTimeout, throwOnRequestTimeout: true };
}
