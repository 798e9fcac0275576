import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { createHostPolicy, type HostPolicy } from '../runtime/network/host.js';
import type { Logger } from '../telemetry/log.js';
import { createGroups } from './lifecycle/groups.js';
import { resume, completeChanges } from './lifecycle/resume.js';
import { listen } from '../runtime/network/listen.js';
import type { NodeFleet } from './nodes/interfaces.js';
import type { ActionContext } from './actions/action-context.js';
import { runAction } from './actions/actions.js';
import { createAccount } from './state/account.js';
import { localFiles } from './local-files.js';
import { initialState } from './state/model.js';
import { openStateStore } from './state/store.js';
import { encodeFault, encodeResult } from './wire/encode.js';
import { AwsFault, faultOf } from './wire/fault.js';
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
  /** @default us-east-1 */
  readonly region?: string | undefined;
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
 * credentials. It also answers `GET /health`, and `GET /ca.pem` with the certificate that TLS clients must trust.
 * @throws BrokenState if the state file cannot be used; StateNotStored if it cannot be written; Node.js' own error if
 * the port is in use
 */
export async function startLocalElastiCache(options: LocalElastiCacheOptions): Promise<LocalElastiCache> {
  const { host, port, dataDir, log, fleet, region = 'us-east-1', accountId = '000000000000' } = options;
  const store = await openStateStore(join(dataDir, localFiles.state), () => initialState(region));
  const account = createAccount(store, region, accountId);
  const groups = createGroups(account, fleet, log);
  const endpoint = { account, groups };
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
      reply(response, 200, 'application/json', JSON.stringify(health(endpoint)));
    } else if (request.method === 'GET' && path === '/ca.pem') {
      reply(response, 200, 'application/x-pem-file', await fleet.caCertificate());
    } else await answerAction(endpoint, log, request, response, knowsHost);
  };

  // First, because a state that cannot be stored now could not be stored later either.
  await account.change(completeChanges);
  const boundPort = await listen(server, host, port);
  resume(account, groups);

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closed ??= (async () => {
      const ended = new Promise<void>((resolve) => server.close(() => resolve()));
      await groups.close();
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

function health({ account }: ActionContext): object {
  const { replicationGroups, users, userGroups } = account.state;
  return {
    status: 'ok',
    replicationGroups: replicationGroups.length,
    users: users.length,
    userGroups: userGroups.length,
  };
}

async function answerAction(
  endpoint: ActionContext,
  log: Logger,
  request: IncomingMessage,
  response: ServerResponse,
  knowsHost: HostPolicy,
): Promise<void> {
  const requestId = randomUUID();
  response.setHeader('x-amzn-requestid', requestId);
  const disconnected = new AbortController();
  response.on('close', () => disconnected.abort());
  try {
    refuseOtherHosts(request, knowsHost);
    refuseBrowsers(request);
    const { schema, output } = await runAction(endpoint, await readParameters(request), disconnected.signal);
    // A delayed answer that closing released is the last one on its connection.
    if (endpoint.groups.closing.aborted) response.setHeader('connection', 'close');
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
