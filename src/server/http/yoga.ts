import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../execution/results/mask-errors.js';
import type { TransportOptions } from '../transport-options.js';
import { setCommonHeaders } from '../responses/write-head.js';

/** Answers a request with a single result as `multipart/mixed`, written by GraphQL Yoga. */
export type YogaHandler = (
  this: void,
  request: IncomingMessage,
  response: ServerResponse,
  result: ExecutionResult,
) => Promise<void>;

interface YogaContext extends Record<string, unknown> {
  readonly result: ExecutionResult;
}

/**
 * Creates the handler for the one response format that only GraphQL Yoga writes. The operation has already been executed when yoga
 * receives the request. Yoga is loaded with the first such request, because loading takes a third of the start-up time.
 */
export function createYogaHandler(options: TransportOptions): YogaHandler {
  let yoga: Promise<YogaHandler> | undefined;
  return async (request, response, result) => (await (yoga ??= openYoga(options)))(request, response, result);
}

async function openYoga({ pipeline, log }: TransportOptions): Promise<YogaHandler> {
  const { createYoga } = await import('graphql-yoga');
  const withResult: Plugin<YogaContext, YogaContext> = {
    onRequestParse: ({ setRequestParser }) => setRequestParser(() => ({ query: '{ __typename }' })),
    onParams: ({ setParamsHandler }) => setParamsHandler(({ context }) => context.result),
  };
  const yoga = createYoga<YogaContext>({
    schema: pipeline.schema,
    plugins: [withResult],
    maskedErrors: { maskError: (error) => maskError(error, { log }) },
    graphiql: false,
    landingPage: false,
    // Admission and read-request have done both, for every transport alike.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });
  return async (request, response, result) => {
    // Yoga compares media types case-sensitively and does not support `q`.
    request.headers.accept = 'multipart/mixed';
    setCommonHeaders(response);
    await yoga(request, response, { result });
  };
}
