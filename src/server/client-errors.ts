import type { ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';
import { refusal, type RefusedStatus } from './execution/error-codes.js';
import type { OnLimit, ServerLimits } from './limits.js';
import type { OpenConnections } from './open-connections.js';
import { refuseOnSocket } from './transports/socket-refusal.js';

/** How long a request may take to arrive, as node takes it: a client that sends a byte now and then holds a connection no longer. */
export function serverOptions({ requestTimeoutMs }: ServerLimits): ServerOptions {
  return {
    noDelay: true,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, requestTimeoutMs / 4)),
    // Node would answer without a body; whether a request may come in looks at the host anyway.
    requireHostHeader: false,
  };
}

/** Answers what is no request, and counts those that took too long to arrive. */
export function answerClientError(
  connections: Pick<OpenConnections, 'isBeingWritten'>,
  { requestTimeoutMs }: Pick<ServerLimits, 'requestTimeoutMs'>,
  onLimit: OnLimit,
): (error: Error, socket: Duplex) => void {
  const reasons: ReadonlyMap<string, readonly [RefusedStatus, string]> = new Map([
    ['HPE_HEADER_OVERFLOW', [431, 'Expected shorter headers and a shorter URL: send a long query by POST.']],
    ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'Expected shorter chunk extensions.']],
    ['ERR_HTTP_REQUEST_TIMEOUT', [408, `Expected the whole request within ${requestTimeoutMs} ms.`]],
  ]);
  return (error, socket) => {
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') onLimit('requestTimeoutMs');
    if (!socket.writable || code === 'ECONNRESET' || connections.isBeingWritten(socket)) {
      socket.destroy();
      return;
    }
    const [status, message] = reasons.get(code) ?? [400, 'Expected an HTTP/1.1 request.'];
    refuseOnSocket(socket, { status, error: refusal(status, message) });
  };
}
