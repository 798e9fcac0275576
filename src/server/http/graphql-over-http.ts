import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Admitted } from '../admission/admit-request.js';
import { Refusal } from '../admission/refusal.js';
import { changesState } from '../execution/changes-state.js';
import { whenKnown, type MaybePromise } from '../../runtime/maybe-promise.js';
import { createRequestContext } from '../execution/request-context.js';
import { executeInTime } from '../execution/execute-in-time.js';
import type { OperationRequest } from '../execution/operation-request.js';
import { requestOriginOf } from '../observation/request-id.js';
import { negotiate, type AcceptedForm } from './content-negotiation.js';
import { refuseOperation } from './errors.js';
import { readRequest } from './read-request.js';
import { changeByGet, notAcceptable, subscriptionWithoutStream } from './refusals.js';
import { answerStream } from '../streaming/streaming-response.js';
import type { TransportOptions } from '../transport-options.js';
import type { YogaHandler } from './yoga.js';

/**
 * Answers one GraphQL request by POST or GET. Whether its answer can be written, and what it asks for, is decided before anything
 * is run: a request that is refused changes nothing.
 */
export function answerGraphQL(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
  options: TransportOptions,
  yoga: YogaHandler,
): MaybePromise<void> {
  const { limits, metrics } = options;
  const refuse = (refusal: Refusal): void => {
    const context = createRequestContext(
      options.log,
      admitted.identity.principal,
      () => never,
      requestOriginOf(request),
    );
    refuseOperation(response, refusal, context, options);
  };
  const form = negotiate(request.headers.accept);
  if (!form) return refuse(notAcceptable);
  const reading = readRequest(request, { maxBodyBytes: limits.maxBodyBytes, onLimit: metrics.limitHit });
  return whenKnown(reading, (received) => {
    if (received instanceof Refusal) return refuse(received);
    return received && run(request, response, admitted, form, received, options, yoga);
  });
}

const never = new AbortController().signal;

function run(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted,
  { stream, write }: AcceptedForm,
  received: OperationRequest,
  options: TransportOptions,
  yoga: YogaHandler,
): MaybePromise<void> {
  const { pipeline, log, observer, admission } = options;
  const { principal } = admitted.identity;
  const origin = requestOriginOf(request, 'http', admitted.client);
  const context = createRequestContext(log, principal, signalOfClient(response), origin);
  const answer = (result: ExecutionResult): Promise<void> | void =>
    write ? write(response, result) : yoga(request, response, result);

  const operation = pipeline.prepare(received, principal);
  if ('errors' in operation) return answer(observer.refuse(context, operation.errors, operation.refused));
  const { kind } = operation.plan;
  let refusal = admission.admitCost(admitted, operation.cost);
  if (request.method === 'GET' && changesState(pipeline.schema, operation)) refusal ??= changeByGet(kind);
  if (kind === 'subscription' && !stream) refusal ??= subscriptionWithoutStream;
  if (refusal) return refuseOperation(response, refusal, context, options, operation);
  if (kind === 'subscription' && stream) {
    return answerStream(stream, request, response, operation, context, admitted, options);
  }
  return observer.answer(operation, context, () => executeInTime(operation, context, options)).then(answer);
}

/** Aborts when the client has left before its answer was whole. Made when first asked for: few operations look. */
function signalOfClient(response: ServerResponse): () => AbortSignal {
  let controller: AbortController | undefined;
  return () => (controller ??= abortWhenGone(response)).signal;
}

function abortWhenGone(response: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = (): void => {
    if (!response.writableFinished) controller.abort();
  };
  if (response.destroyed) abort();
  else response.once('close', abort);
  return controller;
}
