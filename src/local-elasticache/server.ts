import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createHostPolicy, type HostPolicy } from '../runtime/network/host.js';
import type { Logger } from '../telemetry/log.js';
import { listen } from '../runtime/network/listen.js';
import type { NodeFleet } from './nodes/interfaces.js';
import { runAction } from './actions/actions.js';
import { localFiles } from './local-files.js';
import { createRegions, type Regions } from './regions.js';
import { replicationGroupsIn } from './state/cache-clusters.js';
import { defaultRegion, type State } from './state/region-state.js';
import { openStateStore } from './state/store.js';
import { callerIdentityAction, encodeCallerIdentity } from './wire/caller-identity.js';
import { encodeFault, encodeResult } from './wire/encode.js';
import { AwsFault, faultOf } from './wire/fault.js';
import { regionOf } from './wire/region.js';
import { readParameters, refuseBrowsers, refuseOtherHosts } from './wire/request.js';

export interface LocalElastiCacheOptions {
  readonly host: string;
  /** 0 for a free port. */
  readonly port: number;
  /** Host names by which clients reach the endpoint, in addition to its `host`, addresses and names of this machine. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** The folder of the state file. The fleet stores the nodes' data in a folder of its own options. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Runs the nodes. Closing the endpoint does not close the fleet. */
  readonly fleet: NodeFleet;
  /** The clock of windows and retention; tests drive it. */
  readonly now?: (() => Date) | undefined;
  /** How often the endpoint looks whether something is due; default 20 s. */
  readonly tickMs?: number | undefined;
  /** @default 000000000000 */
  readonly accountId?: string | undefined;
}

export interface LocalElastiCache extends AsyncDisposable {
  /** For `--endpoint-url` and `AWS_ENDPOINT_URL_ELASTICACHE`. */
  readonly url: string;
  readonly port: number;
  /** Answers delayed requests, stops the nodes, and keeps state and data. */
  close(): Promise<void>;
}

/**
 * Starts the local ElastiCache endpoint: AWS's Query protocol, version 2015-02-02, on real Valkey nodes. It accepts any
 * credentials, and serves the region for which a request is signed. It also answers `GET /health`, and `GET /ca.pem` with the certificate that TLS clients must trust.
 * @throws BrokenState if the state file cannot be used; StateNotStored if it cannot be written; Node.js' own error if
 * the port is in use
 */
export async function startLocalElastiCache(options: LocalElastiCacheOptions): Promise<LocalElastiCache> {
  const { host, port, dataDir, log, fleet, accountId = '000000000000' } = options;
  const { now = () => new Date(), tickMs = 20_000 } = options;
  const store = await openStateStore(join(dataDir, localFiles.state));
  const regions = createRegions({
    ...{ store, accountId, fleet, log, now },
    snapshotDir: join(dataDir, localFiles.snapshots),
  });
  const knowsHost = createHostPolicy([host, ...(options.allowedHosts ?? [])]);

  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000 }, (request, response) => {
    void answer(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'answering a request failed');
      response.destroy();
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = knowsHost(request.headers.host) ? request.url?.split('?')[0] : undefined;
    if (request.method === 'GET' && path === '/health') {
      reply(response, 200, 'application/json', JSON.stringify(health(regions)));
    } else if (request.method === 'GET' && path === '/ca.pem') {
      reply(response, 200, 'application/x-pem-file', await fleet.caCertificate());
    } else await answerAction({ regions, accountId, log, knowsHost }, request, response);
  };

  // First, because a state that cannot be stored now could not be stored later either.
  await regions.completeChanges();
  const boundPort = await listen(server, host, port);
  regions.resume();
  let ticking: Promise<void> | undefined;
  const ticker = setInterval(() => {
    ticking ??= regions
      .tick()
      .catch((error: unknown) => log.error({ err: error }, 'tasks that are due could not be begun'))
      .finally(() => (ticking = undefined));
  }, tickMs);

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= (async () => {
      clearInterval(ticker);
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([ticking, regions.close()]);
      // Delayed requests have been answered. Clients that do not read the answer within a second are disconnected.
      const disconnecting = setTimeout(() => server.closeAllConnections(), 1000);
      await ended;
      clearTimeout(disconnecting);
      await store.close();
    })());
  const urlHost = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const url = `http://${urlHost.includes(':') ? `[${urlHost}]` : urlHost}:${boundPort}`;
  return { url, port: boundPort, close, [Symbol.asyncDispose]: close };
}

/** The number of resources in all regions. */
function health(regions: Regions): object {
  const states = regions.all().map(({ account }) => account.state);
  const count = (listOf: (state: State) => readonly unknown[]): number =>
    states.reduce((sum, state) => sum + listOf(state).length, 0);
  return {
    status: 'ok',
    replicationGroups: count(replicationGroupsIn),
    cacheClusters: count(({ replicationGroups }) => replicationGroups.filter(({ isStandalone }) => isStandalone)),
    users: count(({ users }) => users),
    userGroups: count(({ userGroups }) => userGroups),
  };
}

interface Endpoint {
  readonly regions: Regions;
  readonly accountId: string;
  readonly log: Logger;
  readonly knowsHost: HostPolicy;
}

async function answerAction(
  { regions, accountId, log, knowsHost }: Endpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amzn-requestid', requestId);
  const disconnected = new AbortController();
  response.on('close', () => disconnected.abort());
  try {
    refuseOtherHosts(request, knowsHost);
    refuseBrowsers(request);
    const parameters = await readParameters(request);
    if (parameters.get('Action') === callerIdentityAction) {
      reply(response, 200, 'text/xml', encodeCallerIdentity(accountId, requestId));
      return;
    }
    const region = regions.of(regionOf(request, parameters) ?? defaultRegion);
    const { schema, output } = await runAction(region, parameters, disconnected.signal);
    // A delayed answer that closing released is the last one on its connection.
    if (region.groups.closing.aborted) response.setHeader('connection', 'close');
    reply(response, 200, 'text/xml', encodeResult(schema, output, requestId));
  } catch (error) {
    const fault = faultOf(error);
    if (fault.status >= 500) log.error({ err: error, requestId }, 'an ElastiCache action failed');
    // The rest of an oversized body is not read.
    if (fault instanceof AwsFault && fault.status === 413) response.setHeader('connection', 'close');
    reply(response, fault.status, 'text/xml', encodeFault(fault, requestId));
  }
}

function reply(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
