import type { Duplex } from 'node:stream';
import type { ServerOptions } from 'node:http';
import type { OnLimit, ServerLimits } from './limits.js';

/** How long a request may take to arrive, as node takes it: a client that sends a byte now and then holds a connection no longer. */
export function arrivalTimes({ requestTimeoutMs }: ServerLimits): ServerOptions {
  return {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.max(50, Math.min(5_000, requestTimeoutMs / 4)),
  };
}

const statuses: ReadonlyMap<string, string> = new Map([
  ['HPE_HEADER_OVERFLOW', '431 Request Header Fields Too Large'],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', '413 Payload Too Large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', '408 Request Timeout'],
]);

/** Answers what is no request, as node would, and counts those that took too long to arrive. */
export function answerClientError(onLimit: OnLimit): (error: Error, socket: Duplex) => void {
  return (error, socket) => {
    const code = 'code' in error ? String(error.code) : '';
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') onLimit('requestTimeoutMs');
    const isAnswered = !socket.writable || ('bytesWritten' in socket && Number(socket.bytesWritten) > 0);
    if (isAnswered || code === 'ECONNRESET') socket.destroy();
    else socket.end(`HTTP/1.1 ${statuses.get(code) ?? '400 Bad Request'}\r\nconnection: close\r\n\r\n`);
  };
}
