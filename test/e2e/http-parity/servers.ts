import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createAccess } from '../../../src/domain/access/access.js';
import type { Authenticator } from '../../../src/server/admission/authentication/authenticator.js';
import { Unauthenticated } from '../../../src/server/admission/authentication/unauthenticated.js';
import type { ServerLimits } from '../../../src/config/limits/server-limits.js';
import { createAuditLog } from '../../../src/telemetry/audit-log.js';
import { createLogger } from '../../../src/telemetry/log.js';
import { createMetrics, type EndedOperation } from '../../../src/telemetry/metrics.js';
import { captureLines, type CapturedLines } from '../../helpers/run/captured-lines.js';
import { eventually } from '../../helpers/run/eventually.js';
import { principal, trustingNames } from '../../helpers/access/principals.js';
import { startTestApi, type TestApi } from '../../helpers/apis/test-api.js';

/** A server with its log, its audit log and its metrics. */
export interface ParityServer {
  readonly api: TestApi;
  readonly log: CapturedLines;
  readonly audit: CapturedLines;
  /** The operations that the metrics have counted, in order. */
  readonly counted: Pick<EndedOperation, 'kind' | 'outcome'>[];
}

/** Refuses callers for the reason in their credentials, and admits `nobody` without any permission. */
const closed: Authenticator = {
  authenticate(authorization) {
    if (authorization === 'nobody') {
      return { principal: principal('nobody', createAccess([])), subject: 'nobody', expiresAt: Infinity };
    }
    throw new Unauthenticated((authorization ?? 'missing') as Unauthenticated['reason'], 'Expected credentials.');
  },
};

export async function startParityServer(
  limits: Partial<ServerLimits> = {},
  isClosed = false,
): Promise<ParityServer & AsyncDisposable> {
  const [log, audit] = [captureLines(), captureLines()];
  const counted: ParityServer['counted'] = [];
  const metrics = createMetrics();
  const api = await startTestApi(limits, isClosed ? closed : trustingNames, {
    graphiql: false,
    log: createLogger('info', log),
    audit: createAuditLog({ isLevelEnabled: () => true }, audit),
    persisted: { documents: new Map(), only: false },
    metrics: {
      ...metrics,
      operationEnded: ({ kind, outcome }) => void counted.push({ kind, outcome }),
      requestRefused: (outcome) => void counted.push({ kind: 'unknown', outcome }),
    },
  });
  return { api, log, audit, counted, [Symbol.asyncDispose]: () => api.close() };
}

/** A connection to a draining server. The server waits for the rest of a request on it, so that another request can follow. */
export interface KeptConnection {
  /** Sends a request and returns its answer, the last one on the connection. */
  ask(this: void, head: string): Promise<string>;
}

/** Starts draining the server while half of a request has arrived on each of `count` connections. */
export async function startDraining({ api }: ParityServer, count: number): Promise<readonly KeptConnection[]> {
  const sockets = Array.from({ length: count }, () => connect(api.port, '127.0.0.1'));
  const post = (body: string): string =>
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const [mutation, query] = [post('{"query":"mutation { count }"}'), post('{"query":"{ hello }"}')];
  for (const socket of sockets) socket.write(mutation + query.slice(0, -1));
  // Both requests of a connection arrive together, so the server has read the start of the second one.
  await eventually(() => {
    if (api.mutations() < count) throw new Error(`${api.mutations()} of ${count} mutations were executed.`);
  });
  void api.close();
  return sockets.map((socket) => ({ ask: (head) => askBehind(socket, query.slice(-1) + head) }));
}

async function askBehind(socket: Socket, bytes: string): Promise<string> {
  let read = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (read += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return read.slice(read.lastIndexOf('HTTP/1.1 '));
}
