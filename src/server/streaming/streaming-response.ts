import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError } from 'graphql';
import type { LiveSource } from '../../runtime/live-source.js';
import type { Metrics } from '../../telemetry/metrics.js';
import { overLimit, type Admitted } from '../admission/admit-request.js';
import { Unauthenticated } from '../admission/authentication/unauthenticated.js';
import { Backpressure } from '../delivery/backpressure.js';
import { deliver } from '../delivery/deliver.js';
import { openSource } from '../delivery/open-source.js';
import type { ConnectionRegistry } from '../delivery/connection-registry.js';
import type { SharedOperations } from '../delivery/shared-operation.js';
import { corkUntilEndOfTick } from '../delivery/cork-until-end-of-tick.js';
import type { GracefulShutdown } from '../graceful-shutdown.js';
import type { RequestContext } from '../execution/request-context.js';
import { maskError } from '../execution/mask-errors.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { serialiseResult } from '../execution/serialise.js';
import type { ClientQuotas } from '../limits/quotas/client-quotas.js';
import type { ServerLimits } from '../../config/limits/server-limits.js';
import type { OperationObserver } from '../observation/operation-observer.js';
import type { AuthorizedConnection, AuthorizedConnections } from '../authorized-connections.js';
import { refuseOperation } from '../http/errors.js';
import { writeErrors } from '../http/json.js';
import { writeHead } from '../http/write-head.js';

/** How results stand in a response that goes on: all that tells one streaming transport from another. */
export interface StreamEncoding {
  /** Of the transport, as the metrics have it. */
  readonly name: string;
  readonly contentType: string;
  /** Begins every answer. */
  readonly head: string;
  /** Sent at once and on quiet subscriptions: the client knows that it is subscribed, and proxies that it is there. */
  readonly heartbeat: string;
  next(this: void, result: Buffer, cursor: string | undefined): Buffer;
  /** Tells a place to resume from without a result; absent where there is no way to. */
  place?(this: void, cursor: string): string;
  /** Ends an answer whose subscription has failed. */
  failure(this: void, reason: GraphQLError): string;
  /** Ends an answer that is whole. */
  readonly complete: string;
  /** Ends an answer that is not over: the client may go on elsewhere. */
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

/** Answers a subscription in a response that goes on as long as both sides stay. */
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
  // Also where it is refused, or the client has gone before it is open.
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
    // The source is there, but not after "last-event-id": without 200 an EventSource does not come back with the same header.
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
    context.log.warn('a stream of results took nothing for too long and was closed');
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
      cursorChanged: (cursor) => encoding.place && response.write(encoding.place(cursor)),
      error: (reason) => void response.end(encoding.failure(reason)),
      complete: () => void response.end(encoding.complete),
    },
    { operation, context },
  );
  const connection: AuthorizedConnection = {
    get expiresAt() {
      return identity.expiresAt;
    },
    expire() {
      delivery.close();
      const ended = new Unauthenticated('expired', 'The credentials of this stream have ended.');
      response.end(encoding.failure(maskError(ended, context)));
    },
    reauthorize: () => delivery.reauthorize(),
  };
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

/** An answer that is one result. */
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
 * Goes on where an EventSource's last connection ended. The header takes the place of what the operation says: its
 * variables are those of the first connection.
 * @throws ExpectedFailure INVALID_INPUT where the header is nothing that the source has told
 */
function resume(source: LiveSource<object>, { headers }: IncomingMessage): LiveSource<object> {
  const lastEventId = String(headers['last-event-id'] ?? '');
  return lastEventId !== '' && source.resumeAfter ? source.resumeAfter(lastEventId) : source;
}
