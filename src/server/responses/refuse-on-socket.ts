import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../admission/refusal.js';
import type { RequestOrigin } from '../execution/request/request-context.js';
import { serialiseResult } from '../execution/results/serialise.js';
import type { OperationObserver } from '../observation/operation-observer.js';

/**
 * Answers a request for which node:http has no response object, because it cannot be parsed or is an upgrade. The answer is the same
 * as that of `refuse`. Closes the connection.
 */
export function refuseOnSocket(
  socket: Duplex,
  refusal: Refusal,
  origin: RequestOrigin,
  { observer }: { readonly observer: OperationObserver },
): void {
  const { requestId = randomUUID() } = origin;
  const { status, headers } = refusal;
  const body = serialiseResult({ errors: [observer.refuseRequest({ ...origin, requestId }, refusal)] });
  const lines = Object.entries({
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    ...headers,
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Node has removed its own error listener. Without one, a reset connection would end the process.
  socket.on('error', () => socket.destroy());
  // The server's sockets may be half-open: a client might never close its side.
  socket.once('finish', () => socket.destroy());
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, 'latin1'), body]),
  );
}
