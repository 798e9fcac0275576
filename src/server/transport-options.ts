import type { Logger } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Admission } from './admission/admit-request.js';
import type { Authenticator } from './admission/authentication/authenticator.js';
import type { AddressReader } from './admission/client-address.js';
import type { ConnectionRegistry } from './delivery/connection-registry.js';
import type { SharedOperations } from './delivery/shared-operation.js';
import type { GracefulShutdown } from './graceful-shutdown.js';
import type { IntrospectionPolicy } from './execution/prepare/introspection.js';
import type { Pipeline } from './execution/pipeline.js';
import type { ClientQuotas } from './limits/quotas/client-quotas.js';
import type { ServerLimits } from '../config/limits/server-limits.js';
import type { OperationObserver } from './observation/operation-observer.js';
import type { AuthorizedConnections } from './authorized-connections.js';
import type { ExportEndpoint } from './http/export-endpoint.js';
import type { OperationalEndpoints } from './http/operational-endpoints.js';

/** The parts of a server that all its transports share. */
export interface TransportOptions {
  readonly pipeline: Pipeline;
  readonly shared: SharedOperations;
  readonly admission: Admission;
  readonly readAddress: AddressReader;
  /** Request headers that pages of other origins may set, in addition to those of GraphQL clients and of tracing. */
  readonly allowedHeaders: readonly string[];
  /** Whether GraphiQL is served at the endpoint. */
  readonly graphiql: boolean;
  readonly introspection: IntrospectionPolicy;
  readonly authenticator: Authenticator;
  readonly authorizedConnections: AuthorizedConnections;
  readonly quotas: ClientQuotas;
  readonly limits: ServerLimits;
  readonly shutdown: GracefulShutdown;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly observer: OperationObserver;
  readonly connectionRegistry: ConnectionRegistry;
  readonly operationalEndpoints: OperationalEndpoints;
  readonly answerExport: ExportEndpoint;
}
