import type { IncomingMessage, ServerResponse } from 'node:http';
import { permissionDenied } from '../../domain/access/permission-denied.js';
import type { DataAccess } from '../../domain/cluster/data-access.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { Principal } from '../../domain/access/principal.js';
import { allowAnonymous, type Authenticator } from '../admission/authentication/authenticator.js';
import { draining, type Admission } from '../admission/admit-request.js';
import { clientAddress } from '../admission/client-address.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import type { GracefulShutdown } from '../graceful-shutdown.js';
import type { OperationObserver } from '../observation/operation-observer.js';
import { refuse } from '../responses/errors.js';
import { writeHead } from '../responses/write-head.js';

/**
 * The endpoints for monitoring, which also answer while the server is draining. Undefined if the path is none of them.
 *
 * - `/metrics`: metrics, for callers with `server:read`
 * - `/health/live`: the process is running
 * - `/health`: as for other requests, 503 while the server is draining
 * - `/health/ready`: the server accepts requests; callers with `server:read` also see the state of the clusters in use
 */
export type OperationalEndpoints = (this: void, path: string) => Endpoint | undefined;

interface OperationalEndpointOptions {
  readonly authenticator: Authenticator;
  readonly admission: Pick<Admission, 'admitCaller'>;
  readonly shutdown: Pick<GracefulShutdown, 'isDraining'>;
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  readonly observer: OperationObserver;
  /** Whether `/metrics` is served. */
  readonly servesMetrics: boolean;
  /** The connection states of the clusters in use. */
  readonly dataAccess: () => readonly DataAccess[];
}

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export function createOperationalEndpoints(options: OperationalEndpointOptions): OperationalEndpoints {
  const { metrics, shutdown, servesMetrics, authenticator } = options;
  const answerMetrics: Endpoint = async (request, response) => {
    if (!(await mayRead(request, response, options))) return;
    const text = await metrics.text();
    writeHead(response, 200, { 'content-type': metrics.contentType }).end(text);
  };
  const answerLive: Endpoint = (_request, response) => writeStatus(response, 200, { status: 'ok' });
  const answerHealth: Endpoint = (request, response) =>
    shutdown.isDraining ? refuse(request, response, draining(), options) : writeStatus(response, 200, { status: 'ok' });
  const answerReady: Endpoint = async (request, response) => {
    const status = shutdown.isDraining ? 503 : 200;
    const answer = { status: shutdown.isDraining ? 'draining' : 'ready' };
    // Load balancers send no credentials, and need only the status.
    const showsClusters = authenticator === allowAnonymous || request.headers.authorization !== undefined;
    if (!showsClusters) writeStatus(response, status, answer);
    else if (await mayRead(request, response, options)) {
      writeStatus(response, status, { ...answer, clusters: options.dataAccess().map(clusterState) });
    }
  };
  const byGet =
    (endpoint: Endpoint): Endpoint =>
    (request, response) =>
      request.method === 'GET' || request.method === 'HEAD'
        ? endpoint(request, response)
        : refuse(request, response, expectedGet, options);
  const endpoints = new Map<string, Endpoint>([
    ['/health', answerHealth],
    ['/health/live', byGet(answerLive)],
    ['/health/ready', byGet(answerReady)],
    ...(servesMetrics ? ([['/metrics', byGet(answerMetrics)]] as const) : []),
  ]);
  return (path) => endpoints.get(path);
}

const expectedGet = refuseWith(405, 'method', 'Expected GET.', { allow: 'GET, HEAD' });

/** Answers with a refusal and returns false if the caller may not read the server's state. */
async function mayRead(
  request: IncomingMessage,
  response: ServerResponse,
  options: OperationalEndpointOptions,
): Promise<boolean> {
  const { authorization } = request.headers;
  const admitted = await options.admission.admitCaller(authorization, clientAddress(request), 'nothing');
  const refusal = admitted instanceof Refusal ? admitted : withoutPermission(admitted.identity.principal);
  if (refusal) refuse(request, response, refusal, options);
  return refusal === undefined;
}

function withoutPermission(principal: Principal): Refusal | undefined {
  if (principal.access.may('server:read')) return undefined;
  return new Refusal({ reason: 'permission', status: 403, error: permissionDenied('server:read'), principal });
}

function clusterState({ clusterName, state, since, error }: DataAccess) {
  return { cluster: clusterName, state, since, error };
}

function writeStatus(response: ServerResponse, status: number, answer: object): void {
  writeHead(response, status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
