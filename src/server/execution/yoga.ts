import { IncomingMessage } from 'node:http';
import { execute, type GraphQLSchema, type Source } from 'graphql';
import { createYoga, type Plugin, type YogaInitialContext, type YogaServerInstance } from 'graphql-yoga';
import { createContext, type Context, type Services } from '../../resolvers/context.js';
import type { Logger } from '../../telemetry/log.js';
import type { Identify } from '../admission/identify.js';
import { createCaller } from './caller.js';
import { toClientError } from './client-error.js';
import type { Documents } from './documents.js';
import { graphiql, renderGraphiQL } from './graphiql.js';

export type Yoga = YogaServerInstance<Record<string, unknown>, Context>;

/** yoga for what no transport of ours takes: GraphiQL, GET, multipart. It parses, validates and executes as they do. */
export function createYogaServer(options: {
  schema: GraphQLSchema;
  services: Services;
  documents: Documents;
  identify: Identify;
  log: Logger;
}): Yoga {
  const { schema, services, documents, identify, log } = options;
  const newContext = (initial: YogaInitialContext): Context => {
    const message = 'req' in initial ? initial.req : undefined;
    if (!(message instanceof IncomingMessage)) throw new Error('Expected yoga to be served by node:http.');
    return createContext(
      services,
      createCaller(log, identify(message), () => initial.request.signal),
    );
  };
  const pipeline: Plugin = {
    onParse({ params, setParsedDocument }) {
      const source = params.source as string | Source;
      const { document, faults } = documents(typeof source === 'string' ? source : source.body);
      const [fault] = faults;
      if (document) setParsedDocument(document);
      else if (fault) throw fault;
    },
    onExecute({ args, setExecuteFn }) {
      args.contextValue = Object.assign(newContext(args.contextValue), args.contextValue);
      // yoga's own executor would not run what ours runs.
      setExecuteFn(execute);
    },
    onSubscribe({ args }) {
      args.contextValue = Object.assign(newContext(args.contextValue), args.contextValue);
    },
  };
  return createYoga<Record<string, unknown>, Context>({
    schema,
    maskedErrors: { maskError: (error) => toClientError(error, log) },
    plugins: [pipeline],
    graphiql,
    renderGraphiQL,
    landingPage: false,
    // Both are admission's, which comes first and is the same for every transport.
    cors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
  });
}
