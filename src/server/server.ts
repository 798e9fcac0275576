import { createServer } from 'node:http';
import { once } from 'node:events';
import type { GraphQLSchema } from 'graphql';
import type { Services } from '../resolvers/shared/context.js';
import { createAuditLog, type AuditLog } from '../telemetry/audit-log.js';
import type { Logger } from '../telemetry/log.js';
import { createMetrics, type Metrics } from '../telemetry/metrics.js';
import { allowAnonymous, type Authenticator } from './admission/authentication/authenticator.js';
import { createAddressReader } from './admission/client-address.js';
import type { ProxyHeader } from '../config/proxy-headers.js';
import { createAdmission } from './admission/admit-request.js';
import { createHostOriginPolicy } from './admission/host-origin-policy.js';
import { ConnectionRegistry } from './delivery/connection-registry.js';
import { createSharedOperations } from './delivery/shared-operation.js';
import { createGracefulShutdown } from './graceful-shutdown.js';
import { createIntrospectionPolicy } from './execution/prepare/introspection.js';
import type { IntrospectionSetting } from '../config/introspection-setting.js';
import { createPipeline } from './execution/pipeline.js';
import type { PersistedOperations } from './execution/prepare/persisted-operations.js';
import { answerClientError, serverOptions } from './http/http-parser-errors.js';
import { createClientQuotas } from './limits/quotas/client-quotas.js';
import { defaultLimits, type ServerLimits } from '../config/limits/server-limits.js';
import { createOperationObserver } from './observation/operation-observer.js';
import { trackConnections } from './http/open-connections.js';
import { createAuthorizedConnections } from './authorized-connections.js';
import { createExportEndpoint } from './http/export-endpoint.js';
import { createExpectationListener, createHttpListener, graphqlPath } from './http/handler.js';
import { createOperationalEndpoints } from './http/operational-endpoints.js';
import { createWebSocketTransport } from './websocket/transport.js';
import { createUpgradeListener } from './websocket/upgrade-listener.js';

export interface ApiServerOptions {
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly log: Logger;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Origins of pages that may use the API, beside those of this machine. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Request headers that those pages may set, beside those that GraphQL clients and tracing use. */
  readonly allowedHeaders?: readonly string[] | undefined;
  /** Host names that requests may name, beside addresses and names of this machine; any if absent. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Addresses and ranges of the proxies whose header names the client's address. */
  readonly trustedProxies?: readonly string[] | undefined;
  /** That header; `x-forwarded-for` if absent. */
  readonly trustedProxyHeader?: ProxyHeader | undefined;
  /** Whether GraphiQL is served at the endpoint. */
  readonly graphiql?: boolean | undefined;
  /** The callers that may read the schema; all admitted callers if absent. */
  readonly introspection?: IntrospectionSetting | undefined;
  /** Admits callers; if absent, all as `anonymous`. */
  readonly authenticator?: Authenticator | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /** Documents that may be requested by their hashes; none if absent. */
  readonly persisted?: PersistedOperations | undefined;
  /** The metrics that the server shares with its datasources; its own if absent. */
  readonly metrics?: Metrics | undefined;
  /** Whether `/metrics` is served; true if absent. */
  readonly servesMetrics?: boolean | undefined;
  /** The record of mutations; the log if absent. */
  readonly audit?: AuditLog | undefined;
}

/** A listening API. */
export interface ApiServer extends AsyncDisposable {
  /** The URL of the GraphQL endpoint, e.g. `http://127.0.0.1:4000/graphql`. */
  readonly url: string;
  readonly port: number;
  /**
   * Accepts no more connections and lets running operations finish. Sends each WebSocket the cursors of its subscriptions, closes it
   * with 1001, and ends each stream: one after another, within `drainTimeoutMs`, after which it waits for nothing. Idempotent.
   */
  close(): Promise<void>;
}

/** Starts to listen. Rejects with Node's error if the address cannot be used. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { schema, services, log, host, metrics = createMetrics() } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const authenticator = options.authenticator ?? allowAnonymous;
  const authorizedConnections = createAuthorizedConnections(authenticator, log);
  const quotas = createClientQuotas(limits, metrics.limitHit);
  const shutdown = createGracefulShutdown(limits.drainTimeoutMs, log);
  const admission = createAdmission({
    checkHostAndOrigin: createHostOriginPolicy({
      allowedOrigins: options.allowedOrigins ?? [],
      allowedHosts: options.allowedHosts,
    }),
    shutdown,
    authenticator,
    quotas,
  });
  const observer = createOperationObserver({ log, metrics, audit: options.audit ?? createAuditLog(log) });
  const connectionRegistry = new ConnectionRegistry();
  metrics.connections.add(() => connectionRegistry.byTransport());
  metrics.queuedBytes.add(() => connectionRegistry.waiting());
  const operationalEndpoints = createOperationalEndpoints({
    authenticator,
    admission,
    shutdown,
    metrics,
    observer,
    servesMetrics: options.servesMetrics ?? true,
    dataAccess: () => services.connections.accesses(),
  });
  const introspection = createIntrospectionPolicy(options.introspection ?? 'everyone');
  const transport = {
    pipeline: createPipeline({
      schema,
      services,
      limits,
      persisted: options.persisted,
      onLimit: metrics.limitHit,
      introspection,
      log,
    }),
    introspection,
    shared: createSharedOperations(log, metrics.traffic),
    authenticator,
    authorizedConnections,
    quotas,
    admission,
    allowedHeaders: options.allowedHeaders ?? [],
    readAddress: createAddressReader({
      trustedProxies: options.trustedProxies ?? [],
      trustedProxyHeader: options.trustedProxyHeader ?? 'x-forwarded-for',
    }),
    graphiql: options.graphiql ?? false,
    limits,
    shutdown,
    log,
    metrics,
    connectionRegistry,
    operationalEndpoints,
    answerExport: createExportEndpoint({ services, authenticator, quotas, limits, metrics, observer, shutdown, log }),
    observer,
  };
  const webSockets = createWebSocketTransport(transport);
  const server = createServer(serverOptions(limits), createHttpListener(transport));
  const connections = trackConnections(server);
  server.on('clientError', answerClientError(connections, transport));
  server.on('checkExpectation', createExpectationListener(transport));
  server.on('upgrade', createUpgradeListener(server, connections, webSockets, transport));
  server.listen(options.port, host);
  await once(server, 'listening');

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const stopped = once(server, 'close');
    server.close();
    const forced = setTimeout(() => {
      webSockets.terminate();
      server.closeAllConnections();
    }, limits.drainTimeoutMs);
    const drained = shutdown.drain();
    connections.closeWhenAnswered();
    await drained;
    await Promise.all([webSockets.closed(), stopped]);
    clearTimeout(forced);
    authorizedConnections[Symbol.dispose]();
    quotas[Symbol.dispose]();
  };
  const { port } = server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}${graphqlPath}`,
    port,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}
