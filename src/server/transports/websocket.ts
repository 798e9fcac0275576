import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import { toClientError } from '../execution/client-error.js';
import { refusal } from '../execution/error-codes.js';
import { clientAddress } from '../admission/client-address.js';
import { requestIdOf } from '../observation/request-id.js';
import { addressKey } from '../limiting/client-key.js';
import { LimitExceeded } from '../limiting/limit-exceeded.js';
import { createKeepAlive } from './keep-alive.js';
import { SocketConnection, type UpgradedFrom } from './socket-connection.js';
import type { TransportOptions } from './transport-options.js';
import { refuseOnSocket } from './socket-refusal.js';
import { createProtocolServer } from './websocket-protocol.js';

/** `/graphql` over WebSocket, subprotocol graphql-transport-ws. */
export interface WebSocketTransport {
  /** Takes over an HTTP connection that asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Resolves when all sockets have closed, as they do once their departure has come. */
  closed(): Promise<void>;
  /** Ends sockets whose clients do not answer. */
  terminate(): void;
}

export function createWebSocketTransport(options: TransportOptions): WebSocketTransport {
  const { limits, departures, log, quotas } = options;
  const protocol = createProtocolServer(options);
  const keepAlive = createKeepAlive(limits.keepAliveMs);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    // Compressing would cost each subscriber the work that delivery shares between all of them.
    perMessageDeflate: false,
    handleProtocols,
  });

  sockets.on('wsClientError', ({ message }: Error, socket: Duplex, request: IncomingMessage) => {
    refuseOnSocket(socket, {
      status: 400,
      error: refusal(400, `Expected a WebSocket handshake (RFC 6455). ${message}.`),
      requestId: requestIdOf(request),
      headers: { 'sec-websocket-version': '13' },
    });
  });

  const accept = (socket: WebSocket, netSocket: Socket, from: UpgradedFrom): void => {
    const connection = new SocketConnection({ socket, netSocket, ...from }, options, (code, reason) => {
      stopPings();
      cancelDeparture();
      closed(code, reason).catch((error: unknown) => log.error({ err: error }, 'a WebSocket did not close well'));
    });
    const closed = protocol.opened(connection, connection);
    const stopPings = keepAlive.add(socket, netSocket);
    const cancelDeparture = departures.add((outOfTime) => connection.depart(outOfTime));
  };

  return {
    upgrade(request, socket, head) {
      const address = clientAddress(request);
      const key = addressKey(address);
      try {
        quotas.openConnection(key);
      } catch (error) {
        if (!(error instanceof LimitExceeded)) throw error;
        refuseOnSocket(socket, { status: 429, error: toClientError(error, options), requestId: requestIdOf(request) });
        return;
      }
      socket.once('close', () => quotas.closeConnection(key));
      sockets.handleUpgrade(request, socket, head, (webSocket) =>
        accept(webSocket, socket, { authorization: request.headers.authorization, address }),
      );
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
