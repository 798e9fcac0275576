import { IncomingMessage, type ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { createCaller } from '../execution/caller.js';
import { toClientError } from '../execution/client-error.js';
import { executeInTime } from '../execution/deadline.js';
import { graphiql, renderGraphiQL } from '../execution/graphiql.js';
import { readOperationRequest } from '../execution/operation-request.js';
import { mutationByGet, subscriptionWithoutStream } from './refusals.js';
import type { TransportOptions } from './transport-options.js';

/** Answers a request in whatever form it asks for. */
export type AnyForm = (this: void, request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * GraphQL Yoga, for the page of GraphiQL and for every form of answer that no transport of ours writes. It speaks HTTP; what is
 * asked runs in the same pipeline as everything else. Loaded with the first such request: it is a third of a start.
 */
export function createAnyForm(options: TransportOptions): AnyForm {
  let yoga: Promise<AnyForm> | undefined;
  return async (request, response) => (await (yoga ??= openYoga(options)))(request, response);
}

async function openYoga(options: TransportOptions): Promise<AnyForm> {
  const { createYoga } = await import('graphql-yoga');
  const { pipeline, log } = options;
  const throughPipeline: Plugin = {
    onParams({ setParamsHandler }) {
      setParamsHandler(({ params, request, context }) => {
        const req = 'req' in context ? context.req : undefined;
        if (!(req instanceof IncomingMessage)) throw new Error('Expected yoga to be served by node:http.');
        return run(params, req, request.signal, options);
      });
    },
  };
  const yoga = createYoga({
    schema: pipeline.schema,
    plugins: [throughPipeline],
    maskedErrors: { maskError: (error) => toClientError(error, log) },
    graphiql,
    renderGraphiQL,
    landingPage: false,
    // Both are admission's, which comes first and is the same for every transport.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });
  return async (request, response) => {
    await yoga(request, response);
  };
}

async function run(
  params: GraphQLParams,
  request: IncomingMessage,
  signal: AbortSignal,
  { pipeline, identify, limits, log }: TransportOptions,
): Promise<ExecutionResult> {
  const caller = createCaller(log, identify(request), () => signal);
  try {
    const operation = pipeline.prepare(readOperationRequest(params));
    if ('errors' in operation) return operation;
    if (operation.kind === 'subscription') return { errors: [subscriptionWithoutStream()] };
    if (operation.kind === 'mutation' && request.method === 'GET') return { errors: [mutationByGet()] };
    return await executeInTime(operation, caller, limits.operationTimeoutMs, () => undefined);
  } catch (error) {
    return { errors: [toClientError(error, caller.log)] };
  }
}
