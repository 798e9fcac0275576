import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CloseCode, handleProtocols } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Principal } from '../../domain/principal.js';
import { createBackpressure } from '../delivery/backpressure.js';
import { writeThisTurnTogether } from '../delivery/turn-writer.js';
import type { TransportOptions } from './http.js';
import { keepAlive } from './keep-alive.js';
import { createProtocolServer } from './websocket-protocol.js';

/** The socket took nothing for too long; one of the codes that the protocol leaves to applications. */
const stalledCloseCode = 4430;
const goingAway = 1001;

/** `/graphql` over WebSocket, subprotocol graphql-transport-ws. */
export interface WebSocketTransport {
  /** Takes over an HTTP connection that asked for an upgrade. */
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Tells all clients that the server goes, and forgets those that do not answer. */
  close(): Promise<void>;
}

export function createWebSocketTransport(options: TransportOptions): WebSocketTransport {
  const { limits, log } = options;
  const protocol = createProtocolServer(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxMessageBytes,
    // Compressing would cost each subscriber the work that delivery shares between all of them.
    perMessageDeflate: false,
    handleProtocols,
  });

  const accept = (socket: WebSocket, netSocket: Socket, principal: Principal): void => {
    const gone = new AbortController();
    const backpressure = createBackpressure(netSocket, limits, () => {
      log.warn('a socket took nothing for too long and was closed');
      socket.close(stalledCloseCode, 'Nothing was read for too long');
      socket.terminate();
    });
    const send = (data: string | Buffer): void => {
      if (socket.readyState !== socket.OPEN) return;
      writeThisTurnTogether(netSocket);
      socket.send(data, { binary: false });
      backpressure.check();
    };
    const stopPings = keepAlive(socket, limits.keepAliveMs);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send,
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data) => {
            const text = data instanceof Buffer ? data.toString() : '';
            take(text).catch((error: unknown) => {
              log.error({ err: error }, 'a WebSocket message could not be handled');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          }),
      },
      { send, backpressure, principal, signal: gone.signal },
    );
    // ws closes the socket itself, with the code that fits: 1009 for a message too long, 1002, 1007.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => {
      stopPings();
      gone.abort();
      backpressure.close();
      closed(code, String(reason)).catch((error: unknown) =>
        log.error({ err: error }, 'a WebSocket did not close well'),
      );
    });
  };

  return {
    upgrade: (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket, options.identify(request))),
    async close() {
      const clients = [...sockets.clients];
      const allClosed = Promise.all(clients.map(closing));
      for (const client of clients) client.close(goingAway, 'Going away');
      const impatience = setTimeout(() => {
        for (const client of clients) client.terminate();
      }, limits.drainTimeoutMs);
      await allClosed;
      clearTimeout(impatience);
      sockets.close();
    },
  };
}

function closing(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}
