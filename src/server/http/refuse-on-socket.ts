import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from '../admission/refusal.js';
import type { RequestOrigin } from '../execution/request-context.js';
import { serialiseResult } from '../execution/serialise.js';
import type { TransportOptions } from '../transport-options.js';

/**
 * Answers a request that node:http has no response for, because it could not be read or asks for an upgrade, as `refuse` answers
 * others, and closes the connection.
 */
export function refuseOnSocket(
  socket: Duplex,
  refusal: Refusal,
  origin: RequestOrigin,
  { observer }: Pick<TransportOptions, 'observer'>,
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
  // Node has taken its own listener off; a client that resets the connection must not end the process.
  socket.on('error', () => socket.destroy());
  // The server's sockets allow one side to be closed alone: a client might never close its own.
  socket.once('finish', () => socket.destroy());
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, 'latin1'), body]),
  );
}
