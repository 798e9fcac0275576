import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { maskError } from '../execution/mask-errors.js';
import type { TransportOptions } from '../transport-options.js';
import { setCommonHeaders } from './write-head.js';

/** Answers a request with one result as `multipart/mixed`, as GraphQL Yoga writes it. */
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
 * GraphQL Yoga, for the form of answer that no transport of ours writes. What a request asks for has been read, checked and run
 * when yoga sees it. Loaded with the first such request: it is a third of a start.
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
    // Both are admission's, which comes first and is the same for every transport.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });
  return async (request, response, result) => {
    // Yoga compares media types by their case, and knows no `q`.
    request.headers.accept = 'multipart/mixed';
    setCommonHeaders(response);
    await yoga(request, response, { result });
  };
}
