import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLError } from 'graphql';
import { withRequestId } from '../execution/client-error.js';
import { serialiseResult } from '../execution/serialise.js';

interface SocketRefusal {
  readonly status: number;
  readonly error: GraphQLError;
  /** Of the request, if one could be read. */
  readonly requestId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers a request that node:http has no response for, because it could not be read or asks for an upgrade, as `refuse` answers
 * others, and closes the connection.
 */
export function refuseOnSocket(
  socket: Duplex,
  { status, error, requestId = randomUUID(), headers }: SocketRefusal,
): void {
  const body = serialiseResult({ errors: [withRequestId(error, requestId)] });
  const lines = Object.entries({
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  // Node has taken its own listener off; a client that resets the connection must not end the process.
  socket.on('error', () => socket.destroy());
  // The server's sockets allow one side to be closed alone: a client might never close its own.
  socket.once('finish', () => socket.destroy());
  socket.end(
    Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`, 'latin1'), body]),
  );
}
