import type { IncomingMessage, Server } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { refuseWith } from '../admission/refusal.js';
import { assignRequestId, requestOriginOf } from '../observation/request-id.js';
import type { OpenConnections } from '../http/open-connections.js';
import { graphqlPath } from '../http/handler.js';
import { pathOf, readTarget } from '../http/request-target.js';
import { refuseOnSocket } from '../responses/refuse-on-socket.js';
import type { TransportOptions } from '../transport-options.js';
import type { WebSocketTransport } from './transport.js';

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Opens WebSockets that admission allows. An upgrade to any other protocol is ignored, and the request answered as usual (RFC 9110, section 7.8). */
export function createUpgradeListener(
  server: Server,
  connections: OpenConnections,
  webSockets: WebSocketTransport,
  options: TransportOptions,
): UpgradeListener {
  return (request, socket, head) => {
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    if (!requestsWebSocket(request)) {
      connections.whenAnswered(socket, () => answerWithoutUpgrade(server, request, socket, head));
      return;
    }
    assignRequestId(request);
    readTarget(request);
    options.readAddress(request);
    const refusal =
      pathOf(request) === graphqlPath
        ? options.admission.admitUpgrade(request, socket)
        : (options.admission.admitRequest(request, true) ?? elsewhere);
    if (refusal) {
      refuseOnSocket(socket, refusal, requestOriginOf(request, 'websocket'), options);
      return;
    }
    connections.forget(socket);
    webSockets.upgrade(request, socket, head);
  };
}

const elsewhere = refuseWith(404, 'path', `Expected a WebSocket at ${graphqlPath}.`);

function requestsWebSocket({ method, headers: { upgrade } }: IncomingMessage): boolean {
  return method === 'GET' && upgrade?.toLowerCase() === 'websocket';
}

/**
 * Node emits `upgrade` for each request with that header, and then no longer reads the connection. So this puts the same request
 * without the header in front of the connection's remaining bytes, and gives the connection to the server again.
 */
function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (socket.destroyed) return;
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const kept = /^connection$/i.test(name) ? withoutUpgrade(value) : value;
    if (kept !== '' && !/^(?:upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${kept}`);
  }
  // Node decodes headers as Latin-1, so this restores the original bytes.
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim());
  return options.filter((option) => !/^(?:upgrade|http2-settings)$/i.test(option)).join(', ');
}
