import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationTypeNode,
} from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import { createContext, type Context, type Services } from '../../resolvers/context.js';
import type { Logger } from '../../telemetry/log.js';
import { createCaller, type Caller } from './caller.js';
import { toClientError } from './client-error.js';
import { graphiql, renderGraphiQL } from './graphiql.js';
import { whenKnown, type MaybePromise } from './maybe-promise.js';
import type { OperationRequest } from './operation-request.js';

/** What yoga is told of a request by a transport of ours; a request that yoga takes itself comes without a caller. */
export interface InitialContext extends Record<string, unknown> {
  readonly caller?: Caller;
}

/** An operation that is well-formed, valid and chosen, and may be run. */
export interface PreparedOperation {
  readonly kind: `${OperationTypeNode}`;
  /** The same object for the same text, so that equal operations are known by it. */
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  /** Runs it once, with a context of its own: a query or mutation, or a subscription's selection on `event`. */
  execute(event?: unknown): MaybePromise<ExecutionResult>;
  /** A subscription's source as its field returned it, or why there is none. */
  openSource(): Promise<AsyncIterable<unknown> | ExecutionResult>;
}

/** Parse, validate, execute: one pipeline for all transports. */
export interface Pipeline {
  readonly schema: GraphQLSchema;
  /** Takes the requests that no transport of ours takes: GraphiQL, GET, multipart and anything to be refused. */
  readonly yoga: YogaServerInstance<InitialContext, Context>;
  prepare(request: OperationRequest, caller: Caller): PreparedOperation | { readonly errors: readonly GraphQLError[] };
}

export function createPipeline(options: { schema: GraphQLSchema; services: Services; log: Logger }): Pipeline {
  const { schema, services, log } = options;
  const yoga = createYoga<InitialContext, Context>({
    schema,
    context: ({ caller, request }) => createContext(services, caller ?? createCaller(log, request.signal)),
    maskedErrors: { maskError: (error) => toClientError(error, log) },
    plugins: [graphqlExecute],
    graphiql,
    renderGraphiQL,
    landingPage: false,
    // Both are admission's, which comes first and is the same for every transport.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });

  return {
    schema,
    yoga,
    prepare(request, caller) {
      const initial: InitialContext = { caller };
      const enveloped = yoga.getEnveloped(initial);
      const { query, operationName, variables } = request;
      let document: DocumentNode;
      try {
        document = enveloped.parse(query) as DocumentNode;
      } catch (error) {
        return { errors: [toClientError(error, caller.log)] };
      }
      const faults = enveloped.validate(schema, document) as readonly unknown[];
      if (faults.length > 0) return { errors: faults.map((fault) => toClientError(fault, caller.log)) };
      const operation = getOperationAST(document, operationName);
      if (!operation) return { errors: [new GraphQLError(unknownOperation(operationName))] };

      const newContext = (): MaybePromise<unknown> => enveloped.contextFactory();
      const args = (contextValue: unknown, rootValue?: unknown) => ({
        schema,
        document,
        operationName,
        variableValues: variables,
        rootValue,
        contextValue,
      });
      return {
        kind: operation.operation,
        document,
        operationName,
        variables,
        execute: (event) =>
          whenKnown(
            newContext(),
            (context) => enveloped.execute(args(context, event)) as MaybePromise<ExecutionResult>,
          ),
        async openSource() {
          const source = await createSourceEventStream(args(await newContext()));
          if (!('errors' in source)) return source;
          return { errors: (source.errors ?? []).map((error) => toClientError(error, caller.log)) };
        },
      };
    },
  };
}

/** yoga's own executor would subscribe where it is asked to run a subscription's selection on one event. */
const graphqlExecute: Plugin = { onExecute: ({ setExecuteFn }) => setExecuteFn(execute) };

function unknownOperation(name: string | undefined): string {
  return name === undefined
    ? 'The document has several operations or none: name the one to run with "operationName".'
    : `The document has no operation named "${name}".`;
}
