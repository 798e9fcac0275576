import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Admitted } from '../admission/admit-request.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { changesState } from '../execution/root-fields.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import { createRequestContext } from '../execution/request/request-context.js';
import { executeInTime } from '../execution/execute-in-time.js';
import type { OperationPlan } from '../execution/prepare/operation-plan.js';
import type { OperationRequest } from '../execution/request/operation-request.js';
import type { PreparedOperation } from '../execution/prepared-operation.js';
import { requestOriginOf } from '../observation/request-id.js';
import { negotiate, type ResponseFormat } from './content-negotiation.js';
import { refuseOperation } from '../responses/errors.js';
import { readRequest } from './read-request.js';
import { answerStream } from '../streaming/streaming-response.js';
import type { TransportOptions } from '../transport-options.js';
import type { YogaHandler } from './yoga.js';

/**
 * Answers one GraphQL request by POST or GET. The response format is negotiated, the request is read, and the operation is prepared
 * and admitted before anything is executed, so a request that is refused changes nothing.
 */
export function answerGraphQL(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
  options: TransportOptions,
  yoga: YogaHandler,
): MaybePromise<void> {
  const format = negotiate(request.headers.accept);
  if (format instanceof Refusal) return refuseUnread(request, response, admitted, format, options);
  const { limits, metrics } = options;
  const reading = readRequest(request, { maxBodyBytes: limits.maxBodyBytes, onLimit: metrics.limitHit });
  return whenKnown(reading, (received) => {
    if (received instanceof Refusal) return refuseUnread(request, response, admitted, received, options);
    return received && answerOperation(request, response, admitted, format, received, options, yoga);
  });
}

/** Refuses a request whose operation has not been read. */
function refuseUnread(
  request: IncomingMessage,
  response: ServerResponse,
  { identity }: Admitted,
  refusal: Refusal,
  options: TransportOptions,
): void {
  const context = createRequestContext(options.log, identity.principal, () => neverAborted, requestOriginOf(request));
  refuseOperation(response, refusal, context, options);
}

const neverAborted = new AbortController().signal;

function answerOperation(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
  format: ResponseFormat,
  received: OperationRequest,
  options: TransportOptions,
  yoga: YogaHandler,
): MaybePromise<void> {
  const { pipeline, log, observer } = options;
  const { principal } = admitted.identity;
  const origin = requestOriginOf(request, 'http', admitted.client);
  const context = createRequestContext(log, principal, clientSignal(response), origin);
  const { stream, write } = format;
  const writeResult = (result: ExecutionResult): Promise<void> | void =>
    write ? write(response, result) : yoga(request, response, result);

  const operation = pipeline.prepare(received, principal);
  if ('errors' in operation) return writeResult(observer.refuse(context, operation.errors, operation.refused));
  const refusal = admitOperation(request, operation, admitted, format, options);
  if (refusal) return refuseOperation(response, refusal, context, options, operation);
  if (operation.plan.kind === 'subscription' && stream) {
    return answerStream(stream, request, response, operation, context, admitted, options);
  }
  return observer.answer(operation, context, () => executeInTime(operation, context, options)).then(writeResult);
}

/** Decides whether a valid operation may be executed: for this client, by this method and in this response format. */
function admitOperation(
  request: IncomingMessage,
  operation: PreparedOperation,
  admitted: Admitted,
  { stream }: ResponseFormat,
  { admission, pipeline }: TransportOptions,
): Refusal | undefined {
  const overCost = admission.admitCost(admitted, operation.cost);
  if (overCost) return overCost;
  const { kind } = operation.plan;
  if (request.method === 'GET' && changesState(pipeline.schema, operation)) return changeByGet(kind);
  return kind === 'subscription' && !stream ? subscriptionWithoutStream : undefined;
}

/** A link or an image can send a GET, so GET must not change state. */
function changeByGet(kind: OperationPlan['kind']): Refusal {
  const message =
    kind === 'mutation' ? 'A mutation requires POST.' : `This ${kind} changes state: it requires POST or a WebSocket.`;
  return refuseWith(405, 'method', message, { allow: 'POST' });
}

const subscriptionWithoutStream: Refusal = refuseWith(
  406,
  'negotiation',
  'A subscription requires a WebSocket (graphql-transport-ws), "accept: text/event-stream" or ' +
    '"accept: multipart/mixed;subscriptionSpec=1.0".',
);

/** A signal that aborts if the client disconnects before its answer is complete. Created on first use, because few operations use it. */
function clientSignal(response: ServerResponse): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => (controller ??= abortOnDisconnect(response)).signal;
}

function abortOnDisconnect(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) abort();
  else response.once('close', abort);
  return controller;
}
