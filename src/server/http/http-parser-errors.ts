import type { ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { Socket } from 'node:net';
import { refuseWith, type Refusal } from '../admission/refusal.js';
import type { ServerLimits } from '../../config/limits/server-limits.js';
import type { OpenConnections } from './open-connections.js';
import { refuseOnSocket } from '../responses/refuse-on-socket.js';
import type { TransportOptions } from '../transport-options.js';

/** node's options for a server. A request must arrive within the timeout, so that a slow client cannot occupy a connection. */
export function serverOptions({ requestTimeoutMs }: ServerLimits): ServerOptions {
  return {
    noDelay: true,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, requestTimeoutMs / 4)),
    // Node would answer without a body. Admission checks the host, too.
    requireHostHeader: false,
  };
}

const notHttp = refuseWith(400, 'not-http', 'Expected an HTTP/1.1 request.');
const headersTooLong = 'Expected shorter headers and a shorter URL: send a long query by POST.';
const parserRefusals: readonly (readonly [string, Refusal])[] = [
  ['HPE_HEADER_OVERFLOW', refuseWith(431, 'headers', headersTooLong)],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', refuseWith(413, 'headers', 'Expected shorter chunk extensions.')],
];

/** Answers requests that node cannot parse or that take too long to arrive. */
export function answerClientError(
  connections: Pick<OpenConnections, 'isBeingWritten'>,
  options: Pick<TransportOptions, 'limits' | 'metrics' | 'observer'>,
): (error: Error, socket: Duplex) => void {
  const { requestTimeoutMs } = options.limits;
  const timeout = refuseWith(408, 'requestTimeoutMs', `Expected the whole request within ${requestTimeoutMs} ms.`);
  const refusals: ReadonlyMap<string, Refusal> = new Map([...parserRefusals, ['ERR_HTTP_REQUEST_TIMEOUT', timeout]]);
  return (error, socket) => {
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') options.metrics.limitHit('requestTimeoutMs');
    if (!socket.writable || code === 'ECONNRESET' || connections.isBeingWritten(socket)) {
      socket.destroy();
      return;
    }
    // The address of the connection: the header in which a proxy would report the client's was not read.
    const address = socket instanceof Socket ? socket.remoteAddress : undefined;
    refuseOnSocket(socket, refusals.get(code) ?? notHttp, { transport: 'http', address }, options);
  };
}
