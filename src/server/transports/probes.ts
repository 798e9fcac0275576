import type { IncomingMessage, ServerResponse } from 'node:http';
import { forbidden } from '../../domain/forbidden.js';
import type { DataAccess } from '../../domain/data-access.js';
import { openToAnybody } from '../admission/authentication/authenticator.js';
import { toClientError } from '../execution/client-error.js';
import { refusal } from '../execution/error-codes.js';
import { admit } from './admit.js';
import { refuse } from './json.js';
import type { TransportOptions } from './transport-options.js';

/**
 * Answers what machines ask of the server itself, also while it closes; false where the path is nobody's here.
 *
 * - `/metrics`: for who may `server:read`
 * - `/health/live`: the process turns
 * - `/health/ready`: it takes requests, with the state of the clusters in use for who may `server:read`
 */
export type Probes = (this: void, path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

interface ProbeOptions extends Pick<TransportOptions, 'authenticator' | 'departures' | 'metrics' | 'log'> {
  /** Whether `/metrics` is served. */
  readonly servesMetrics: boolean;
  /** This API's access to the clusters that somebody uses. */
  readonly dataAccess: () => readonly DataAccess[];
}

type Probe = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export function createProbes(options: ProbeOptions): Probes {
  const { metrics, departures, servesMetrics, authenticator } = options;
  const answerMetrics: Probe = async (request, response) => {
    if (!(await mayRead(request, response, options))) return;
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text);
  };
  const answerLive: Probe = (_request, response) => tell(response, 200, { status: 'ok' });
  const answerReady: Probe = async (request, response) => {
    const status = departures.hasBegun ? 503 : 200;
    const answer = { status: departures.hasBegun ? 'draining' : 'ready' };
    // Load balancers send no credentials, and are told no more than what they need.
    const asksForMore = authenticator === openToAnybody || request.headers.authorization !== undefined;
    if (!asksForMore) tell(response, status, answer);
    else if (await mayRead(request, response, options)) {
      tell(response, status, { ...answer, clusters: options.dataAccess().map(clusterState) });
    }
  };
  const probes = new Map<string, Probe>([
    ['/health/live', answerLive],
    ['/health/ready', answerReady],
    ...(servesMetrics ? ([['/metrics', answerMetrics]] as const) : []),
  ]);
  return async (path, request, response) => {
    const probe = probes.get(path);
    if (!probe) return false;
    if (request.method === 'GET' || request.method === 'HEAD') {
      await probe(request, response);
    } else {
      response.setHeader('allow', 'GET, HEAD');
      refuse(response, 405, refusal(405, 'Expected GET.'));
    }
    return true;
  };
}

/** False where the caller may not, which has been answered then. */
async function mayRead(request: IncomingMessage, response: ServerResponse, options: ProbeOptions): Promise<boolean> {
  const identity = await admit(request, response, options);
  if (!identity) return false;
  if (identity.principal.access.may('server:read')) return true;
  refuse(response, 403, toClientError(forbidden('server:read'), options));
  return false;
}

function clusterState({ clusterName, state, since, error }: DataAccess) {
  return { cluster: clusterName, state, since, error };
}

function tell(response: ServerResponse, status: number, answer: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(answer));
}
