import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { anybody } from '../admission/authentication/identity.js';
import { answerPreflight, writeCorsHeaders } from '../admission/origin.js';
import { writeSecurityHeaders } from '../admission/security-headers.js';
import { toClientError } from '../execution/client-error.js';
import { refusal } from '../execution/error-codes.js';
import { starterTabsPath } from '../execution/graphiql-starter-script.js';
import { nameRequest } from '../observation/request-id.js';
import { admit } from './admit.js';
import { answerStarterTabs, createGraphiQLPage, type AnswerPage } from './graphiql.js';
import { answerGraphQL } from './graphql-http.js';
import { refuse } from './json.js';
import { shuttingDown } from '../shutting-down.js';
import { pathOf, readTarget } from './request-target.js';
import { takeTurn } from './turn.js';
import type { TransportOptions } from './transport-options.js';
import { createYogaHandler, type YogaHandler } from './yoga.js';

/** The path of the GraphQL endpoint, for HTTP and WebSocket alike. */
export const graphqlPath = '/graphql';

/** Everything that comes in over HTTP: `/graphql`, `/metrics`, `/health`, and `/`, which leads to GraphiQL. */
export function createHttpListener(options: TransportOptions): RequestListener {
  const yoga = createYogaHandler(options);
  const page = {
    isGuarded: options.authenticator.onChange !== undefined,
    isSchemaOpen: options.introspection.mayIntrospect(anybody.principal),
  };
  const answerPage = options.graphiql ? createGraphiQLPage(page) : undefined;
  return (request, response) => {
    handle(request, response, options, yoga, answerPage).catch((error: unknown) => {
      if (response.destroyed) return;
      refuse(response, 500, toClientError(error, options));
    });
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: TransportOptions,
  yoga: YogaHandler,
  answerPage: AnswerPage | undefined,
): Promise<void> {
  nameRequest(request, response);
  readTarget(request);
  options.readAddress(request);
  writeSecurityHeaders(response);
  const refused = options.refusesEntry(request);
  if (refused) {
    refuse(response, refused.status, refusal(refused.status, refused.message));
    return;
  }
  writeCorsHeaders(request, response);
  const path = pathOf(request);
  if (await options.probes(path, request, response)) return;
  if (options.departures.hasBegun) {
    response.setHeader('connection', 'close');
    refuse(response, 503, toClientError(shuttingDown(), options));
    return;
  }
  if (request.method === 'OPTIONS') {
    answerPreflight(response, options.allowedHeaders);
    return;
  }
  if (path === graphqlPath || path.startsWith(`${graphqlPath}/`)) {
    // One URL has several forms, and what it answers is of this moment.
    response.setHeader('cache-control', 'no-store');
    // A browser sends no token with what is typed into its address bar; the page itself holds nothing of the schema.
    if (answerPage && path === graphqlPath && asksForPage(request)) return answerPage(response);
    const identity = await admit(request, response, options);
    if (!identity) return;
    if (path === graphqlPath) {
      if (!takeTurn(request, response, identity, options)) return;
      return answerGraphQL(request, response, identity, options, yoga);
    }
    if (path === starterTabsPath && answerPage && request.method === 'GET') {
      if (takeTurn(request, response, identity, options)) answerStarterTabs(response, identity, options);
      return;
    }
  }
  if (path === '/health')
    return void response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
  if (path === '/' && answerPage) {
    // Relative, so that it leads to the same place behind a proxy that serves all this below a path of its own.
    response.writeHead(302, { location: graphqlPath.slice(1), 'content-length': 0 }).end();
    return;
  }
  refuse(response, 404, refusal(404, `Nothing is here; the API is at ${graphqlPath}.`));
}

function asksForPage({ method, headers: { accept } }: IncomingMessage): boolean {
  return method === 'GET' && accept?.toLowerCase().includes('text/html') === true;
}

/** Refuses a request with an `expect` that is not `100-continue`, which node leaves to its server. */
export function refuseExpectation(request: IncomingMessage, response: ServerResponse): void {
  nameRequest(request, response);
  writeSecurityHeaders(response);
  refuse(response, 417, refusal(417, 'Expected no "expect" other than 100-continue.'));
}
