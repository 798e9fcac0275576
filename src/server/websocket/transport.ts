import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { refuseWith } from '../admission/refusal.js';
import { requestOriginOf } from '../observation/request-id.js';
import { createKeepAlive } from './keep-alive.js';
import type { UpgradeRequest } from './caller.js';
import { SocketConnection } from './connection.js';
import type { TransportOptions } from '../transport-options.js';
import { refuseOnSocket } from '../responses/refuse-on-socket.js';
import { createProtocolServer } from './protocol.js';

/** `/graphql` over WebSocket, subprotocol graphql-transport-ws. */
export interface WebSocketTransport {
  /** Takes over the connection of an HTTP request whose upgrade is admitted. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Resolves when all sockets have closed; the graceful shutdown closes them. */
  closed(): Promise<void>;
  /** Closes the connections of all sockets at once. */
  terminate(): void;
}

export function createWebSocketTransport(options: TransportOptions): WebSocketTransport {
  const { limits, shutdown, log } = options;
  const protocol = createProtocolServer(options);
  const keepAlive = createKeepAlive(limits.keepAliveMs);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    // Compression would run once for each socket and message, while all subscribers of a message share its bytes.
    perMessageDeflate: false,
    handleProtocols,
  });

  sockets.on('wsClientError', ({ message }: Error, socket: Duplex, request: IncomingMessage) => {
    const expected = `Expected a WebSocket handshake (RFC 6455). ${message}.`;
    const refusal = refuseWith(400, 'handshake', expected, { 'sec-websocket-version': '13' });
    refuseOnSocket(socket, refusal, requestOriginOf(request, 'websocket'), options);
  });

  const accept = (socket: WebSocket, netSocket: Socket, request: UpgradeRequest): void => {
    const connection = new SocketConnection({ socket, netSocket, ...request }, options, (code, reason) => {
      stopPings();
      unregister();
      closed(code, reason).catch((error: unknown) => log.error({ err: error }, 'closing a WebSocket failed'));
    });
    const closed = protocol.opened(connection, connection);
    const stopPings = keepAlive.add(socket, netSocket);
    const unregister = shutdown.add((deadline) => connection.drain(deadline));
  };

  return {
    upgrade(request, socket, head) {
      const { authorization } = request.headers;
      const origin = requestOriginOf(request, 'websocket');
      sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket, { authorization, origin }));
    },
    async closed() {
      await Promise.all([...sockets.clients].map(closing));
      keepAlive.close();
    },
    terminate() {
      for (const client of sockets.clients) client.terminate();
    },
  };
}

function closing(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}
