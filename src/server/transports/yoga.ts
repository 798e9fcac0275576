import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Identity } from '../admission/authentication/identity.js';
import { createCaller, type Origin } from '../execution/caller.js';
import { toClientError } from '../execution/client-error.js';
import { executeInTime } from '../execution/execute-in-time.js';
import { readOperationRequest } from '../execution/operation-request.js';
import type { PreparedOperation } from '../execution/pipeline.js';
import { httpOrigin } from '../observation/request-id.js';
import { mutationByGet, subscriptionWithoutStream } from './refusals.js';
import { clientOf } from './turn.js';
import type { TransportOptions } from './transport-options.js';

/** Answers a request in whatever form it asks for. */
export type AnyForm = (
  this: void,
  request: IncomingMessage,
  response: ServerResponse,
  identity: Identity,
) => Promise<void>;

interface YogaContext extends Record<string, unknown> {
  readonly identity: Identity;
  readonly origin: Origin;
  readonly client: string;
}

/**
 * GraphQL Yoga, for every form of answer that no transport of ours writes. It speaks HTTP; what is
 * asked runs in the same pipeline as everything else. Loaded with the first such request: it is a third of a start.
 */
export function createAnyForm(options: TransportOptions): AnyForm {
  let yoga: Promise<AnyForm> | undefined;
  return async (request, response, identity) => (await (yoga ??= openYoga(options)))(request, response, identity);
}

async function openYoga(options: TransportOptions): Promise<AnyForm> {
  const { createYoga } = await import('graphql-yoga');
  const { pipeline, log } = options;
  const throughPipeline: Plugin<YogaContext, YogaContext> = {
    onParams({ setParamsHandler }) {
      setParamsHandler(({ params, request, context }) => {
        return run(params, request, context, options);
      });
    },
  };
  const yoga = createYoga<YogaContext>({
    schema: pipeline.schema,
    plugins: [throughPipeline],
    maskedErrors: { maskError: (error) => toClientError(error, { log }) },
    graphiql: false,
    landingPage: false,
    // Both are admission's, which comes first and is the same for every transport.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });
  return async (request, response, identity) => {
    await yoga(request, response, {
      identity,
      origin: httpOrigin(request),
      client: clientOf(request, identity),
    });
  };
}

async function run(
  params: GraphQLParams,
  { method, signal }: Request,
  { identity, origin, client }: YogaContext,
  { pipeline, limits, departures, log, observer, quotas }: TransportOptions,
): Promise<ExecutionResult> {
  const caller = createCaller(log, identity.principal, () => signal, origin);
  let known: PreparedOperation | undefined;
  try {
    const operation = pipeline.prepare(readOperationRequest(params), identity.principal);
    if ('errors' in operation) return observer.refuse(caller, operation.errors);
    known = operation;
    quotas.spend(client, operation.cost);
    if (operation.kind === 'subscription') return observer.refuse(caller, [subscriptionWithoutStream()], operation);
    if (operation.kind === 'mutation' && method === 'GET') return observer.refuse(caller, [mutationByGet()], operation);
    return await observer.answer(operation, caller, () => executeInTime(operation, caller, { limits, departures }));
  } catch (error) {
    return observer.refuse(caller, [error], known);
  }
}
