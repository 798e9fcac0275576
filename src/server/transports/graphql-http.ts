import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { ExpectedFailure } from '../../domain/errors.js';
import type { Identity } from '../admission/authentication/identity.js';
import { BodyTooLarge, readBody } from '../admission/body.js';
import { createCaller } from '../execution/caller.js';
import { executeInTime } from '../execution/execute-in-time.js';
import { readOperationRequest, type OperationRequest } from '../execution/operation-request.js';
import { httpOrigin } from '../observation/request-id.js';
import { acceptedForm, type AcceptedForm } from './accepted-form.js';
import { refuse } from './json.js';
import { mutationByGet, subscriptionWithoutStream } from './refusals.js';
import { answerStream } from './result-stream.js';
import { clientOf, refuseExcess } from './turn.js';
import type { TransportOptions } from './transport-options.js';
import type { AnyForm } from './yoga.js';

/** Answers one GraphQL request by POST or GET, in the form that the client accepts; `anyForm` writes what is not written here. */
export async function answerGraphQL(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
  options: TransportOptions,
  anyForm: AnyForm,
): Promise<void> {
  const { limits } = options;
  const form = acceptedForm(request);
  if (request.method === 'GET') {
    if (form) return run(request, response, identity, form, () => readUrl(request), options);
    return anyForm(request, response, identity);
  }
  if (request.method !== 'POST') {
    response.setHeader('allow', 'GET, POST, OPTIONS');
    refuse(response, 405, new GraphQLError('Expected POST with a JSON body, or GET.'));
    return;
  }
  // Anything else a browser would send across sites without asking first.
  if (!/^application\/json\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    refuse(response, 415, new GraphQLError('Expected "content-type: application/json".'));
    return;
  }
  // Its size is known when it is there only.
  if (!/^(?:identity)?$/i.test(request.headers['content-encoding'] ?? '')) {
    response.setHeader('accept-encoding', 'identity');
    refuse(response, 415, new GraphQLError('Expected a body without content-encoding.'));
    return;
  }
  let body: Buffer;
  try {
    body = await readBody(request, limits.maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) return;
    options.metrics.limitHit('maxBodyBytes');
    response.setHeader('connection', 'close');
    refuse(response, 413, new GraphQLError(`Expected a body of at most ${limits.maxBodyBytes} bytes.`));
    return;
  }
  if (form) return run(request, response, identity, form, () => readOperationRequest(parseJson(body)), options);
  // The body is read: it is taken from here instead of from the stream.
  return anyForm(Object.assign(request, { body }), response, identity);
}

async function run(
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
  { stream, write }: AcceptedForm,
  read: () => OperationRequest,
  options: TransportOptions,
): Promise<void> {
  const { pipeline, limits, departures, log, observer } = options;
  const gone = abortWhenGone(response);
  const origin = httpOrigin(request);
  const caller = createCaller(log, identity.principal, () => gone().signal, origin);

  let asked: OperationRequest;
  try {
    asked = read();
  } catch (error) {
    refuse(response, 400, ...observer.refuse(caller, [error]).errors);
    return;
  }
  const operation = pipeline.prepare(asked, identity.principal);
  if ('errors' in operation) {
    write(response, observer.refuse(caller, operation.errors));
    return;
  }
  try {
    options.quotas.spend(clientOf(request, identity), operation.cost);
  } catch (error) {
    refuseExcess(response, error, caller, options, operation);
    return;
  }
  if (operation.kind === 'subscription') {
    if (stream) return answerStream(stream, request, response, operation, caller, identity, options);
    refuse(response, 406, ...observer.refuse(caller, [subscriptionWithoutStream()], operation).errors);
    return;
  }
  if (request.method === 'GET' && operation.kind === 'mutation') {
    response.setHeader('allow', 'POST');
    refuse(response, 405, ...observer.refuse(caller, [mutationByGet()], operation).errors);
    return;
  }
  const answer = await observer.answer(operation, caller, () =>
    executeInTime(operation, caller, { limits, departures }),
  );
  write(response, answer);
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

function readUrl(request: IncomingMessage): OperationRequest {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [variables, extensions] = ['variables', 'extensions'].map((name) => searchParams.get(name));
  return readOperationRequest({
    query: searchParams.get('query'),
    documentId: searchParams.get('documentId'),
    id: searchParams.get('id'),
    operationName: searchParams.get('operationName'),
    variables: variables == null ? null : parseJson(variables),
    extensions: extensions == null ? null : parseJson(extensions),
  });
}

/** @throws ExpectedFailure INVALID_INPUT */
function parseJson(text: Buffer | string): unknown {
  try {
    return JSON.parse(text.toString());
  } catch (cause) {
    throw new ExpectedFailure('INVALID_INPUT', 'Expected JSON.', { cause });
  }
}
