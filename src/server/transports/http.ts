import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { ExpectedFailure } from '../../domain/errors.js';
import type { Logger } from '../../telemetry/log.js';
import { BodyTooLarge, readBody } from '../admission/body.js';
import type { Identify } from '../admission/identify.js';
import { answerPreflight, writeCorsHeaders, type OriginPolicy } from '../admission/origin.js';
import type { SharedOperations } from '../delivery/shared-operation.js';
import { createCaller } from '../execution/caller.js';
import { toClientError } from '../execution/client-error.js';
import { readOperationRequest, type OperationRequest } from '../execution/operation-request.js';
import type { Pipeline } from '../execution/pipeline.js';
import type { ServerLimits } from '../limits.js';
import { answerJson, refuse, writeJson } from './json.js';
import { answerEvents, writeOnce } from './sse.js';

export interface TransportOptions {
  readonly pipeline: Pipeline;
  readonly shared: SharedOperations;
  readonly mayEnter: OriginPolicy;
  readonly identify: Identify;
  readonly limits: ServerLimits;
  /** Aborted when the server closes: what would go on for ever ends then. */
  readonly goingAway: AbortSignal;
  readonly log: Logger;
}

/** The path of the GraphQL endpoint, for HTTP and WebSocket alike. */
export const graphqlPath = '/graphql';

/** Everything that comes in over HTTP: `/graphql`, `/health`, and `/`, which leads to GraphiQL. */
export function createHttpListener(options: TransportOptions): RequestListener {
  return (request, response) => {
    handle(request, response, options).catch((error: unknown) => {
      if (response.destroyed) return;
      refuse(response, 500, toClientError(error, options.log));
    });
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, options: TransportOptions): Promise<void> {
  writeCorsHeaders(request, response);
  if (!options.mayEnter(request)) {
    response.removeHeader('access-control-allow-origin');
    refuse(response, 403, new GraphQLError('Pages of this origin may not use this API; see `allowedOrigins`.'));
    return;
  }
  if (request.method === 'OPTIONS') {
    answerPreflight(response);
    return;
  }
  const path = pathOf(request);
  if (path === graphqlPath) return handleGraphQL(request, response, options);
  if (path === '/health')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  if (path === '/') return void response.writeHead(302, { location: graphqlPath }).end();
  refuse(response, 404, new GraphQLError(`Nothing is here; the API is at ${graphqlPath}.`));
}

async function handleGraphQL(
  request: IncomingMessage,
  response: ServerResponse,
  options: TransportOptions,
): Promise<void> {
  const wantsEvents = accepts(request, 'text/event-stream');
  if (request.method === 'GET') {
    if (wantsEvents) return run(request, response, fromUrl(request), options);
    await options.pipeline.yoga(request, response);
    return;
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
  let body: Buffer;
  try {
    body = await readBody(request, options.limits.maxBodyBytes);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) return;
    response.setHeader('connection', 'close');
    const limit = `Expected a body of at most ${options.limits.maxBodyBytes} bytes.`;
    refuse(response, 413, new GraphQLError(limit));
    return;
  }
  if (!wantsEvents && !acceptsJson(request)) {
    // The body is read; yoga takes it from here instead of from the stream.
    await options.pipeline.yoga(Object.assign(request, { body }), response);
    return;
  }
  return run(request, response, () => readOperationRequest(parseJson(body)), options);
}

/** Runs one operation and answers it in the form that the client accepts. */
async function run(
  request: IncomingMessage,
  response: ServerResponse,
  read: () => OperationRequest,
  { pipeline, shared, identify, limits, goingAway, log }: TransportOptions,
): Promise<void> {
  const gone = abortWhenGone(response);
  const caller = createCaller(log, identify(request), () => gone().signal);
  const wantsEvents = accepts(request, 'text/event-stream');

  let asked: OperationRequest;
  try {
    asked = read();
  } catch (error) {
    refuse(response, 400, toClientError(error, caller.log));
    return;
  }
  const operation = pipeline.prepare(asked);
  if ('errors' in operation) {
    if (wantsEvents) writeOnce(response, operation);
    else writeJson(response, 200, operation);
    return;
  }
  if (request.method === 'GET' && operation.kind === 'mutation') {
    response.setHeader('allow', 'POST');
    refuse(response, 405, new GraphQLError('A mutation needs POST.'));
    return;
  }
  const abort = (reason: Error): void => gone().abort(reason);
  if (wantsEvents) return answerEvents(request, response, operation, caller, { limits, shared, goingAway, abort });
  return answerJson(response, operation, caller, { timeoutMs: limits.operationTimeoutMs, abort });
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

function fromUrl(request: IncomingMessage): () => OperationRequest {
  return () => {
    const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const variables = searchParams.get('variables');
    return readOperationRequest({
      query: searchParams.get('query'),
      operationName: searchParams.get('operationName'),
      variables: variables === null ? null : parseJson(variables),
    });
  };
}

/** @throws ExpectedFailure INVALID_INPUT */
function parseJson(text: Buffer | string): unknown {
  try {
    return JSON.parse(text.toString());
  } catch (cause) {
    throw new ExpectedFailure('INVALID_INPUT', 'Expected JSON.', { cause });
  }
}

function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

function accepts(request: IncomingMessage, type: string): boolean {
  return request.headers.accept?.includes(type) ?? false;
}

function acceptsJson(request: IncomingMessage): boolean {
  const { accept } = request.headers;
  return accept === undefined || /application\/json|\*\/\*|application\/\*/.test(accept);
}
