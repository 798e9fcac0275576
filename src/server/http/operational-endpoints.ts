import type { IncomingMessage, ServerResponse } from 'node:http';
import { forbidden } from '../../domain/forbidden.js';
import type { DataAccess } from '../../domain/data-access.js';
import type { Principal } from '../../domain/principal.js';
import { openToAnybody } from '../admission/authentication/authenticator.js';
import { clientAddress } from '../admission/client-address.js';
import { Refusal, refuseWith } from '../admission/refusal.js';
import { refuse } from './errors.js';
import type { TransportOptions } from '../transport-options.js';
import { writeHead } from './write-head.js';

/**
 * What machines ask of the server itself, also while it closes; undefined if nothing of that kind is at the path.
 *
 * - `/metrics`: for callers with `server:read`
 * - `/health/live`: the process runs
 * - `/health/ready`: it accepts requests; with the state of the clusters in use for callers with `server:read`
 */
export type Probes = (this: void, path: string) => Probe | undefined;

interface ProbeOptions extends Pick<
  TransportOptions,
  'authenticator' | 'admission' | 'shutdown' | 'metrics' | 'observer'
> {
  /** Whether `/metrics` is served. */
  readonly servesMetrics: boolean;
  /** This API's access to the clusters that somebody uses. */
  readonly dataAccess: () => readonly DataAccess[];
}

type Probe = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export function createProbes(options: ProbeOptions): Probes {
  const { metrics, shutdown, servesMetrics, authenticator } = options;
  const answerMetrics: Probe = async (request, response) => {
    if (!(await mayRead(request, response, options))) return;
    const text = await metrics.text();
    writeHead(response, 200, { 'content-type': metrics.contentType }).end(text);
  };
  const answerLive: Probe = (_request, response) => tell(response, 200, { status: 'ok' });
  const answerReady: Probe = async (request, response) => {
    const status = shutdown.isDraining ? 503 : 200;
    const answer = { status: shutdown.isDraining ? 'draining' : 'ready' };
    // Load balancers send no credentials, and are told no more than what they need.
    const asksForMore = authenticator === openToAnybody || request.headers.authorization !== undefined;
    if (!asksForMore) tell(response, status, answer);
    else if (await mayRead(request, response, options)) {
      tell(response, status, { ...answer, clusters: options.dataAccess().map(clusterState) });
    }
  };
  const byGet =
    (probe: Probe): Probe =>
    (request, response) =>
      request.method === 'GET' || request.method === 'HEAD'
        ? probe(request, response)
        : refuse(request, response, expectedGet, options);
  const probes = new Map<string, Probe>([
    ['/health/live', byGet(answerLive)],
    ['/health/ready', byGet(answerReady)],
    ...(servesMetrics ? ([['/metrics', byGet(answerMetrics)]] as const) : []),
  ]);
  return (path) => probes.get(path);
}

const expectedGet = refuseWith(405, 'method', 'Expected GET.', { allow: 'GET, HEAD' });

/** False if the caller may not, which has been answered then. */
async function mayRead(request: IncomingMessage, response: ServerResponse, options: ProbeOptions): Promise<boolean> {
  const { authorization } = request.headers;
  const admitted = await options.admission.admitCaller(authorization, clientAddress(request), 'nothing');
  const refusal = admitted instanceof Refusal ? admitted : withoutPermission(admitted.identity.principal);
  if (refusal) refuse(request, response, refusal, options);
  return refusal === undefined;
}

function withoutPermission(principal: Principal): Refusal | undefined {
  if (principal.access.may('server:read')) return undefined;
  return new Refusal({ reason: 'permission', status: 403, error: forbidden('server:read'), principal });
}

function clusterState({ clusterName, state, since, error }: DataAccess) {
  return { cluster: clusterName, state, since, error };
}

function tell(response: ServerResponse, status: number, answer: object): void {
  writeHead(response, status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}
