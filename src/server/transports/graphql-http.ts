import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Identity } from '../admission/authentication/identity.js';
import { changesState } from '../execution/changes-state.js';
import { createCaller } from '../execution/caller.js';
import { refusal } from '../execution/error-codes.js';
import { executeInTime } from '../execution/execute-in-time.js';
import type { OperationRequest } from '../execution/operation-request.js';
import { httpOrigin } from '../observation/request-id.js';
import { negotiate, writtenTypes, type AcceptedForm } from './content-negotiation.js';
import { refuse } from './json.js';
import { ClientGone, readRequest, UnreadableRequest } from './read-request.js';
import { changeByGet, subscriptionWithoutStream } from './refusals.js';
import { answerStream } from './result-stream.js';
import { clientOf, refuseExcess } from './turn.js';
import type { TransportOptions } from './transport-options.js';
import type { YogaHandler } from './yoga.js';

/**
 * Answers one GraphQL request by POST or GET. Whether its answer can be written, and what it asks for, is decided before anything
 * is run: a request that is refused changes nothing.
 */
export async function answerGraphQL(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
  options: TransportOptions,
  yoga: YogaHandler,
): Promise<void> {
  const { limits, metrics, log, observer } = options;
  const refuseAll = (status: number, error: unknown): void => {
    const caller = createCaller(log, identity.principal, () => never, httpOrigin(request));
    refuse(response, status, ...observer.refuse(caller, [error]).errors);
  };
  const form = negotiate(request.headers.accept);
  if (!form) {
    refuseAll(406, refusal(406, `Expected "accept" to allow ${writtenTypes}.`));
    return;
  }
  let asked: OperationRequest;
  try {
    asked = await readRequest(request, { maxBodyBytes: limits.maxBodyBytes, onLimit: metrics.limitHit });
  } catch (error) {
    if (error instanceof ClientGone) return;
    const isUnreadable = error instanceof UnreadableRequest;
    for (const [name, value] of Object.entries(isUnreadable ? error.headers : {})) response.setHeader(name, value);
    refuseAll(isUnreadable ? error.status : 400, isUnreadable ? refusal(error.status, error.message) : error);
    return;
  }
  return run(request, response, identity, { form, asked }, options, yoga);
}

const never = new AbortController().signal;

async function run(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
  { form: { stream, write }, asked }: { form: AcceptedForm; asked: OperationRequest },
  options: TransportOptions,
  yoga: YogaHandler,
): Promise<void> {
  const { pipeline, limits, departures, log, observer } = options;
  const gone = abortWhenGone(response);
  const client = clientOf(request, identity);
  const caller = createCaller(log, identity.principal, () => gone().signal, { ...httpOrigin(request), client });
  const answer = (result: ExecutionResult): Promise<void> | void =>
    write ? write(response, result) : yoga(request, response, result);

  const operation = pipeline.prepare(asked, identity.principal);
  if ('errors' in operation) return answer(observer.refuse(caller, operation.errors));
  try {
    options.quotas.spend(client, operation.cost);
  } catch (error) {
    refuseExcess(response, error, caller, options, operation);
    return;
  }
  if (request.method === 'GET' && changesState(pipeline.schema, operation)) {
    response.setHeader('allow', 'POST');
    refuse(response, 405, ...observer.refuse(caller, [changeByGet(operation.kind)], operation).errors);
    return;
  }
  if (operation.kind === 'subscription') {
    if (stream) return answerStream(stream, request, response, operation, caller, identity, options);
    refuse(response, 406, ...observer.refuse(caller, [subscriptionWithoutStream()], operation).errors);
    return;
  }
  return answer(
    await observer.answer(operation, caller, () => executeInTime(operation, caller, { limits, departures })),
  );
}

/** Aborts when the client has left before its answer was whole. Made when first asked for: few operations look. */
function abortWhenGone(response: ServerResponse): () => AbortController {
  let controller: AbortController | undefined;
  const abort = (): void => {
    if (!response.writableFinished) controller?.abort();
  };
  return () => {
    if (controller) return controller;
    controller = new AbortController();
    if (response.destroyed) abort();
    else response.once('close', abort);
    return controller;
  };
}
