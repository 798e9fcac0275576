import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isPromise, type MaybePromise } from '../../runtime/maybe-promise.js';
import type { Admitted } from '../admission/admit-request.js';
import { anonymousIdentity } from '../admission/authentication/identity.js';
import { clientAddress } from '../admission/client-address.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { starterTabsPath } from './graphiql/starter-script.js';
import { assignRequestId } from '../observation/request-id.js';
import { answerStarterTabs, createGraphiQLPage, type AnswerPage } from './graphiql/graphiql-endpoints.js';
import { isExportPath } from './export-endpoint.js';
import { refuse } from '../responses/errors.js';
import { answerGraphQL } from './graphql-over-http.js';
import { answerPreflight } from './preflight.js';
import { pathOf, readTarget } from './request-target.js';
import type { TransportOptions } from '../transport-options.js';
import { writeHead } from '../responses/write-head.js';
import { createYogaHandler, type YogaHandler } from './yoga.js';

/** The path of the GraphQL endpoint, for HTTP and WebSockets. */
export const graphqlPath = '/graphql';

/** Creates the listener for all HTTP requests: `/graphql`, `/export/…`, `/metrics`, `/health`, and `/`, which redirects to GraphiQL. */
export function createHttpListener(options: TransportOptions): RequestListener {
  const yoga = createYogaHandler(options);
  const page = {
    isGuarded: options.authenticator.onChange !== undefined,
    isSchemaOpen: options.introspection.mayIntrospect(anonymousIdentity.principal),
  };
  const answerPage = options.graphiql ? createGraphiQLPage(page) : undefined;
  return (request, response) => {
    const failed = (error: unknown): void => {
      if (!response.destroyed) refuse(request, response, unexpected(error), options);
    };
    try {
      const answered = handleRequest(request, response, options, yoga, answerPage);
      if (answered) answered.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/** Admits a request step by step (see `Admission`), and passes it to the endpoint at its path. */
function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: TransportOptions,
  yoga: YogaHandler,
  answerPage: AnswerPage | undefined,
): MaybePromise<void> {
  const { admission, operationalEndpoints } = options;
  assignRequestId(request);
  readTarget(request);
  options.readAddress(request);
  const path = pathOf(request);
  const endpoint = operationalEndpoints(path);
  const refusal = admission.admitRequest(request, endpoint !== undefined);
  if (refusal) return refuse(request, response, refusal, options);
  if (endpoint) return endpoint(request, response);
  if (request.method === 'OPTIONS') return answerPreflight(response, options.allowedHeaders);
  if (path === graphqlPath || path.startsWith(`${graphqlPath}/`)) {
    // No credentials are required: a browser sends none when it loads a page. The page contains nothing of the schema.
    if (answerPage && path === graphqlPath && acceptsHtml(request)) return answerPage(response);
    const admitted = admission.admitCaller(request.headers.authorization, clientAddress(request), 'operation');
    return isPromise(admitted)
      ? admitted.then((caller) => answerCaller(request, response, caller, options, yoga))
      : answerCaller(request, response, admitted, options, yoga);
  }
  if (isExportPath(path)) return options.answerExport(request, response);
  if (path === '/' && answerPage) {
    // A relative URL, because a proxy may serve the API below another path.
    writeHead(response, 302, { location: graphqlPath.slice(1), 'content-length': 0 }).end();
  } else {
    refuse(request, response, unknownPath, options);
  }
}

/** Serves the paths that require an admitted caller. */
function answerCaller(
  request: IncomingMessage,
  response: ServerResponse,
  admitted: Admitted | Refusal,
  options: TransportOptions,
  yoga: YogaHandler,
): MaybePromise<void> {
  if (admitted instanceof Refusal) return refuse(request, response, admitted, options);
  const path = pathOf(request);
  if (path === graphqlPath) return answerGraphQL(request, response, admitted, options, yoga);
  if (path === starterTabsPath && options.graphiql && request.method === 'GET') {
    return answerStarterTabs(request, response, admitted.identity, options);
  }
  return refuse(request, response, unknownPath, options);
}

const unknownPath = refuseWith(404, 'path', `There is nothing at this path; the API is at ${graphqlPath}.`);

function unexpected(error: unknown): Refusal {
  return new Refusal({
    reason: 'unexpected',
    status: 500,
    error: error instanceof Error ? error : new Error(String(error)),
  });
}

function acceptsHtml({ method, headers: { accept } }: IncomingMessage): boolean {
  return method === 'GET' && accept?.toLowerCase().includes('text/html') === true;
}

/** Refuses a request whose header `expect` is not `100-continue`, which node does not handle itself. */
export function createExpectationListener(options: TransportOptions): RequestListener {
  return (request, response) => {
    assignRequestId(request);
    options.readAddress(request);
    refuse(request, response, unknownExpectation, options);
  };
}

const unknownExpectation = refuseWith(417, 'expectation', 'Expected the header "expect" to be absent or 100-continue.');
