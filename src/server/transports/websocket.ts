import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { CloseCode, handleProtocols, MessageType } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Principal } from '../../domain/principal.js';
import { createBackpressure } from '../delivery/backpressure.js';
import { writeThisTurnTogether } from '../delivery/turn-writer.js';
import { keepAlive } from './keep-alive.js';
import { createSocketOperations } from './socket-operations.js';
import type { TransportOptions } from './transport-options.js';
import { createProtocolServer } from './websocket-protocol.js';

/** The socket took nothing for too long; one of the codes that the protocol leaves to applications. */
const stalledCloseCode = 4430;
/** How long a client that stalled may still read why it was closed. */
const lastWordsMs = 5_000;
const goingAway = 1001;

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
  const { limits, departures, log } = options;
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
      release(stalledCloseCode, 'Nothing was read for too long');
      socket.resume();
      setTimeout(() => socket.terminate(), lastWordsMs).unref();
    });
    // What a client asks that does not read the answers would only be more to wait for it.
    backpressure.add({ pause: () => socket.pause(), resume: () => socket.resume(), close: () => undefined });
    const send = (data: string | Buffer): void => {
      if (socket.readyState !== socket.OPEN) return;
      writeThisTurnTogether(netSocket);
      socket.send(data, { binary: false });
      backpressure.check();
    };
    const operations = createSocketOperations();
    const cancelDeparture = departures.add(async (outOfTime) => {
      await Promise.race([operations.finish(), outOfTime]);
      send(JSON.stringify({ type: MessageType.Ping, payload: operations.cursors() }));
      operations.close();
      socket.close(goingAway, 'Going away');
    });
    const stopPings = keepAlive(socket, limits.keepAliveMs, () => netSocket.writableLength > 0);
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send,
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) =>
          socket.on('message', (data) => {
            if (socket.readyState !== socket.OPEN) return;
            const text = data instanceof Buffer ? data.toString() : '';
            take(text).catch((error: unknown) => {
              log.error({ err: error }, 'a WebSocket message could not be handled');
              socket.close(CloseCode.InternalServerError, 'Internal server error');
            });
          }),
      },
      { send, backpressure, operations, principal, signal: gone.signal },
    );
    const release = (code: number, reason: string): void => {
      if (gone.signal.aborted) return;
      stopPings();
      cancelDeparture();
      gone.abort();
      backpressure.close();
      closed(code, reason).catch((error: unknown) => log.error({ err: error }, 'a WebSocket did not close well'));
    };
    // ws closes the socket itself, with the code that fits: 1009 for a message too long, 1002, 1007.
    socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));
    socket.once('close', (code, reason) => release(code, String(reason)));
  };

  return {
    upgrade: (request, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, socket, options.identify(request))),
    async closed() {
      await Promise.all([...sockets.clients].map(closing));
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
