import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The HTTP connections of a server that is to be closed without waiting for clients that ask nothing. */
export interface OpenConnections {
  /** Closes each connection once nothing is being answered on it: now, or after its answer. */
  closeWhenAnswered(): void;
  /** A connection that is no longer HTTP is somebody else's. */
  forget(socket: Socket): void;
}

/**
 * node's own `closeIdleConnections` leaves those open that have never asked anything, as browsers and fetch pools hold
 * them in reserve.
 */
export function trackConnections(server: Server): OpenConnections {
  const open = new Set<Socket>();
  const answering = new Set<Socket>();
  let isClosing = false;
  // One function for all sockets: those of WebSockets keep it.
  function closed(this: Socket): void {
    open.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.on('close', closed);
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.add(socket);
    response.once('close', () => {
      answering.delete(socket);
      if (isClosing) socket.end();
    });
  });
  return {
    closeWhenAnswered() {
      isClosing = true;
      for (const socket of open) if (!answering.has(socket)) socket.destroy();
    },
    forget: (socket) => open.delete(socket),
  };
}
