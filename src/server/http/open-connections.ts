import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** The HTTP connections of a server that is to be closed without waiting for clients that ask nothing. */
export interface OpenConnections {
  /** Closes each connection once nothing is being answered on it: now, or after its answer. */
  closeWhenAnswered(): void;
  /** A connection that is no longer HTTP is somebody else's. */
  forget(socket: Socket): void;
  /** Calls back once nothing is being answered on a connection. */
  whenAnswered(socket: Socket, callback: () => void): void;
  /** Whether bytes of an answer are on their way, so that nothing else may be written. */
  isBeingWritten(socket: Duplex): boolean;
}

/**
 * node's own `closeIdleConnections` leaves those open that have never asked anything, as browsers and fetch pools hold
 * them in reserve.
 */
export function trackConnections(server: Server): OpenConnections {
  const open = new Set<Socket>();
  /** The newest answer of each connection. */
  const answering = new Map<Duplex, ServerResponse>();
  let isClosing = false;
  // One function for all sockets: those of WebSockets keep it.
  function closed(this: Socket): void {
    open.delete(this);
  }
  server.on('connection', (socket: Socket) => {
    // One whose upgrade is ignored comes again.
    if (open.has(socket)) return;
    open.add(socket);
    socket.on('close', closed);
  });
  // One function for all answers, too.
  function answered(this: ServerResponse): void {
    const { socket } = this.req;
    if (answering.get(socket) === this) answering.delete(socket);
    if (isClosing) socket.end();
  }
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.set(socket, response);
    response.on('close', answered);
  });
  return {
    closeWhenAnswered() {
      isClosing = true;
      for (const socket of open) if (!answering.has(socket)) socket.destroy();
    },
    forget: (socket) => open.delete(socket),
    whenAnswered(socket, callback) {
      const response = answering.get(socket);
      if (!response) {
        callback();
        return;
      }
      // Node has taken its own listener off, and a failure would end the process.
      const ignore = (): void => undefined;
      socket.on('error', ignore);
      response.once('close', () => {
        socket.off('error', ignore);
        callback();
      });
    },
    isBeingWritten(socket) {
      const response = answering.get(socket);
      // Without a socket it waits for an earlier answer.
      return response !== undefined && (response.headersSent || response.socket === null);
    },
  };
}
