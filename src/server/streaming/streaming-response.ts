import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveSource } from '../../runtime/live-source.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { overLimit, type Admitted } from '../admission/admit-request.js';
import type { Identity } from '../admission/authentication/identity.js';
import { Unauthenticated } from '../admission/authentication/unauthenticated.js';
import { Backpressure } from '../delivery/backpressure.js';
import { deliver, type Delivery } from '../delivery/deliver.js';
import { openSource } from '../delivery/open-source.js';
import type { ConnectionRegistry } from '../delivery/connection-registry.js';
import type { SharedOperations } from '../delivery/shared-operation.js';
import { corkUntilEndOfTick } from '../delivery/cork-until-end-of-tick.js';
import type { GracefulShutdown } from '../graceful-shutdown.js';
import type { RequestContext } from '../execution/request/request-context.js';
import { maskError } from '../execution/results/mask-errors.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { serialiseResult } from '../execution/results/serialise.js';
import type { ClientQuotas } from '../limits/quotas/client-quotas.js';
import type { ServerLimits } from '../../config/limits/server-limits.js';
import type { OperationObserver } from '../observation/operation-observer.js';
import type { AuthorizedConnection, AuthorizedConnections } from '../authorized-connections.js';
import { refuseOperation } from '../responses/errors.js';
import { writeErrors } from '../responses/json.js';
import { writeHead } from '../responses/write-head.js';

/** How a streaming response contains results: all that distinguishes one streaming transport from another. */
export interface StreamEncoding {
  /** The transport's name in the metrics. */
  readonly name: string;
  readonly contentType: string;
  /** The beginning of every response. */
  readonly head: string;
  /** Sent at once, so that the client knows that it is subscribed, and on quiet subscriptions, so that proxies keep the connection. */
  readonly heartbeat: string;
  next(this: void, result: Buffer, cursor: string | undefined): Buffer;
  /** Sends a cursor without a result; absent if the encoding cannot do so. */
  cursor?(this: void, cursor: string): string;
  /** Ends a response whose subscription has failed. */
  failure(this: void, reason: GraphQLError): string;
  /** Ends a response whose subscription has completed. */
  readonly complete: string;
  /** Ends a response whose subscription goes on: the client may resume it on another server. */
  goingAway(this: void, cursor: string | undefined): string;
}

export interface StreamOptions {
  readonly authorizedConnections: AuthorizedConnections;
  readonly limits: ServerLimits;
  readonly shared: SharedOperations;
  readonly shutdown: GracefulShutdown;
  readonly observer: OperationObserver;
  readonly connectionRegistry: ConnectionRegistry;
  readonly metrics: Pick<Metrics, 'connectionStalled'>;
  readonly quotas: ClientQuotas;
}

/** Answers a subscription by a response that lasts until the subscription ends or a side leaves. */
export async function answerStream(
  encoding: StreamEncoding,
  request: IncomingMessage,
  response: ServerResponse,
  operation: PreparedOperation,
  context: RequestContext,
  { identity, client }: Admitted,
  options: StreamOptions,
): Promise<void> {
  const { limits, shared, shutdown, authorizedConnections, observer, connectionRegistry, quotas, metrics } = options;
  try {
    quotas.openSubscription(client);
  } catch (error) {
    refuseOperation(response, overLimit(error), context, options, operation);
    return;
  }
  // From here on the quota is released on every path.
  if (response.closed) {
    quotas.closeSubscription(client);
    return;
  }
  response.once('close', () => quotas.closeSubscription(client));
  let found: Awaited<ReturnType<typeof openSource>> | undefined;
  const opened = await observer.begin(operation, context, async () => {
    found = await openSource(operation, context);
    return 'refusal' in found ? found : { source: resume(found.source, request) };
  });
  if ('refusal' in opened) {
    // The source exists, but cannot resume after "last-event-id". A status other than 200 keeps an EventSource from sending the same header again.
    if (found && 'source' in found) writeErrors(response, 400, {}, opened.refusal.errors ?? []);
    else writeOnce(encoding, response, opened.refusal);
    return;
  }
  if (response.destroyed) return;
  const { source } = opened;
  start(encoding, response);
  response.write(encoding.head + encoding.heartbeat);

  const backpressure = new Backpressure(request.socket, limits, () => {
    metrics.connectionStalled();
    context.log.warn('closed a stream whose client read nothing for too long');
    response.destroy();
  });
  const delivery = deliver(
    source,
    shared(operation, identity.principal),
    {
      budget: backpressure.budget,
      next(result, cursor) {
        corkUntilEndOfTick(request.socket);
        response.write(encoding.next(result, cursor));
        backpressure.check();
      },
      cursorChanged: (cursor) => encoding.cursor && response.write(encoding.cursor(cursor)),
      error: (reason) => void response.end(encoding.failure(reason)),
      complete: () => void response.end(encoding.complete),
    },
    { operation, context },
  );
  const connection = new StreamConnection(identity, delivery, () => {
    const expired = new Unauthenticated('expired', 'The credentials of this stream have expired.');
    response.end(encoding.failure(maskError(expired, context)));
  });
  authorizedConnections.add(connection);
  backpressure.add(delivery);
  connectionRegistry.add(backpressure, encoding.name);
  const heartbeats = setInterval(() => response.write(encoding.heartbeat), limits.keepAliveMs).unref();
  const unregister = shutdown.add(async (deadline) => {
    await Promise.race([delivery.finish(), deadline]);
    delivery.close();
    response.end(encoding.goingAway(delivery.cursor()));
  });
  response.once('close', () => {
    authorizedConnections.delete(connection);
    unregister();
    clearInterval(heartbeats);
    backpressure.close();
    connectionRegistry.remove(backpressure);
    delivery.close();
  });
}

/** A class, because V8 keeps what an object literal with an accessor refers to until the old generation is collected. */
class StreamConnection implements AuthorizedConnection {
  readonly #identity: Identity;
  readonly #delivery: Delivery;
  readonly #fail: () => void;

  constructor(identity: Identity, delivery: Delivery, fail: () => void) {
    this.#identity = identity;
    this.#delivery = delivery;
    this.#fail = fail;
  }

  get expiresAt(): number {
    return this.#identity.expiresAt;
  }

  expire(): void {
    this.#delivery.close();
    this.#fail();
  }

  reauthorize(): Promise<void> {
    return this.#delivery.reauthorize();
  }
}

/** Answers with one result in a streaming encoding. */
export function writeOnce(encoding: StreamEncoding, response: ServerResponse, result: ExecutionResult): void {
  if (response.destroyed) return;
  start(encoding, response);
  const { head, next, complete } = encoding;
  response.end(Buffer.concat([Buffer.from(head), next(serialiseResult(result), undefined), Buffer.from(complete)]));
}

function start({ contentType }: StreamEncoding, response: ServerResponse): void {
  writeHead(response, 200, { 'content-type': contentType, 'x-accel-buffering': 'no' });
}

/**
 * Resumes a source after the last event that an EventSource received on its last connection. The header overrides the start in the
 * operation, whose variables are still those of the first connection.
 * @throws ExpectedFailure INVALID_INPUT if the header is no cursor of the source
 */
function resume(source: LiveSource<object>, { headers }: IncomingMessage): LiveSource<object> {
  const lastEventId = String(headers['last-event-id'] ?? '');
  return lastEventId !== '' && source.resumeAfter ? source.resumeAfter(lastEventId) : source;
}
